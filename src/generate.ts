import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { configurationPage, envExample } from './platform/settings/generated-docs.js';

/** Writes the files that are made from the code; with `--check` only says which are stale. */
const FILES = [
  { path: '.env.example', text: envExample() },
  { path: 'docs/configuration.md', text: configurationPage() },
];

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && option !== '--check')) {
  process.stderr.write('Usage: npm run generate [-- --check]\n');
  process.exit(2);
}

const stale = FILES.filter(({ path, text }) => current(path) !== text);
if (option === '--check') {
  for (const { path } of stale) process.stderr.write(`${path} is stale: run npm run generate\n`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const { path, text } of stale) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`${path} written\n`);
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
