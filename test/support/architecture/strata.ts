import { importsOf, type Import } from './imports.js';
import type { Tree } from './tree.js';

/**
 * From the ground up. Whatever lies directly in src/ puts the parts together, above them all. A folder
 * with a module that is not listed is an edge: an API that somebody added.
 */
const STRATA: readonly (readonly string[])[] = [
  ['protocol'],
  ['platform'],
  ['users', 'clients', 'keys'],
  ['sessions', 'tokens', 'consents'],
  ['auth'],
  ['oauth', 'accounts', 'admin', 'health', 'examples'],
  ['boot', 'cli', 'openapi'],
];
const EDGES = 5;
const COMPOSITION = 6;

/** The one file outside src/ that a source may read: it holds the version. */
const MANIFEST = 'package.json';

export function everyFolderHasItsStratum(tree: Tree): string[] {
  const folders = new Set([...tree.keys()].map(folderOf).filter((folder) => folder !== undefined));
  return [...folders]
    .filter((folder) => !isListed(folder) && !hasModule(folder, tree))
    .map((folder) => `src/${folder} is in no stratum, and has no module`);
}

export function importsOnlyGoDown(tree: Tree): string[] {
  return withinSrc(tree)
    .filter(({ from, target }) => stratumOf(target) > stratumOf(from))
    .map(({ place, target }) => `${place} imports upward: ${target}`);
}

export function edgesKeepApart(tree: Tree): string[] {
  return withinSrc(tree)
    .filter(({ from, target }) => stratumOf(from) === EDGES && stratumOf(target) === EDGES)
    .filter(({ from, target }) => folderOf(from) !== folderOf(target))
    .map(({ place, target }) => `${place} imports another edge: ${target}`);
}

export function nothingOutsideSrc(tree: Tree): string[] {
  return importsOf(tree)
    .filter(({ from, target }) => {
      if (target === undefined || target.startsWith('src/')) return false;
      return target !== MANIFEST || stratumOf(from) !== COMPOSITION;
    })
    .map(({ place, target }) => `${place} reaches out of src: ${target}`);
}

function withinSrc(tree: Tree): (Import & { target: string })[] {
  return importsOf(tree).filter(
    (one): one is Import & { target: string } => one.target?.startsWith('src/') === true,
  );
}

/** The folder of src/ that a file is in; undefined for one directly in src/. */
function folderOf(path: string): string | undefined {
  const [, folder, ...rest] = path.split('/');
  return rest.length > 0 ? folder : undefined;
}

function stratumOf(path: string): number {
  const folder = folderOf(path);
  if (folder === undefined) return COMPOSITION;
  return isListed(folder) ? STRATA.findIndex((names) => names.includes(folder)) : EDGES;
}

function isListed(folder: string): boolean {
  return STRATA.flat().includes(folder);
}

function hasModule(folder: string, tree: Tree): boolean {
  return [...tree.keys()].some((path) => folderOf(path) === folder && path.endsWith('.module.ts'));
}
