import { isBuiltin } from 'node:module';
import { importsOf } from './imports.js';
import type { Tree } from './tree.js';

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Packages that no source imports, and what needs them. */
export const NEEDED_UNSEEN: Readonly<Record<string, string>> = {
  passport: 'peer of @nestjs/passport',
};

export function everyImportIsDeclared(tree: Tree, manifest: Manifest): string[] {
  return packageImports(tree)
    .filter(({ name }) => !(name in manifest.dependencies))
    .map(({ place, name }) => `${place} imports ${name}, which package.json does not list`);
}

export function everyDependencyIsUsed(
  tree: Tree,
  manifest: Manifest,
  unseen: Readonly<Record<string, string>> = NEEDED_UNSEEN,
): string[] {
  const used = new Set(packageImports(tree).map(({ name }) => name));
  const idle = Object.keys(manifest.dependencies).filter((name) => !used.has(name));
  return [
    ...idle.filter((name) => !(name in unseen)).map((name) => `nothing imports ${name}`),
    ...Object.keys(unseen)
      .filter((name) => !idle.includes(name))
      .map((name) => `${name} needs no reason any more`),
  ];
}

function packageImports(tree: Tree): { place: string; name: string }[] {
  return importsOf(tree)
    .filter(({ target, specifier }) => target === undefined && !isBuiltin(specifier))
    .map(({ place, specifier }) => ({ place, name: packageOf(specifier) }));
}

/** `@scope/name/file.js` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
