/** What lies at the top of the repository. A new name belongs into one of the folders, or has a good reason. */
const ENTRIES = new Set([
  'src',
  'test',
  'bench',
  'docs',
  'examples',
  '.ci',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'nest-cli.json',
  'ormconfig.ts',
  '.env.example',
  'Dockerfile',
  'compose.yaml',
  // where tools look for their settings
  '.dockerignore',
  '.gitignore',
  '.oxlintrc.json',
  '.prettierignore',
  '.prettierrc.json',
  'vitest.config.ts',
]);

/** @param paths of files, from the root of the repository */
export function topLevelIsShort(paths: readonly string[]): string[] {
  const names = new Set(paths.map((path) => path.split('/', 1)[0] ?? path));
  return [...names]
    .filter((name) => !ENTRIES.has(name))
    .map((name) => `${name} lies at the top of the repository`);
}
