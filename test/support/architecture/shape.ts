import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf } from './imports.js';
import { eachNode, type Tree } from './tree.js';

export function noIndexFile(tree: Tree): string[] {
  return [...tree.keys()]
    .filter((path) => posix.basename(path).startsWith('index.'))
    .map((path) => `${path} is a barrel`);
}

export function oneModuleAFolder(tree: Tree): string[] {
  const modules = [...tree.keys()].filter((path) => path.endsWith('.module.ts'));
  // Directly in src/ lie the two that the server and the command line start from.
  const folders = modules.map((path) => posix.dirname(path)).filter((folder) => folder !== 'src');
  return [...new Set(folders.filter((folder, n) => folders.indexOf(folder) !== n))].map(
    (folder) => `${folder} has more than one module`,
  );
}

export function relativeImportsNameTheFile(tree: Tree): string[] {
  return importsOf(tree)
    .filter(({ target, specifier }) => target !== undefined && !/\.js(on)?$/.test(specifier))
    .map(({ place, specifier }) => `${place} imports ${specifier} without .js`);
}

/** Under ESM it rescues no cycle: the metadata reads the class while it is being imported. */
export const noForwardRef = eachNode((node) =>
  ts.isIdentifier(node) && node.text === 'forwardRef' ? 'uses forwardRef' : undefined,
);

export const noDefaultExport = eachNode((node) => {
  const asDefault =
    ts.isExportAssignment(node) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default') ||
    (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isCaseOrDefaultClause(node.parent));
  return asDefault ? 'exports a default' : undefined;
});
