import ts from 'typescript';
import { importsOf } from './imports.js';
import { eachNode, type Tree } from './tree.js';

/** What computes and does nothing else. */
const PURE = ['node:crypto', 'node:util', 'node:buffer'];
const AMBIENT = [
  'Date',
  'performance',
  'process',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
];

const inProtocol = (path: string) => path.startsWith('src/protocol/');

export function protocolImportsNothing(tree: Tree): string[] {
  return importsOf(tree)
    .filter(({ from }) => inProtocol(from))
    .filter(({ specifier, target }) => !PURE.includes(specifier) && !inProtocol(target ?? ''))
    .map(({ place, specifier }) => `${place} imports ${specifier} into the protocol`);
}

export const protocolReadsNothing = eachNode((node, path) =>
  inProtocol(path) && ts.isIdentifier(node) && AMBIENT.includes(node.text) && isValue(node)
    ? `uses ${node.text} in the protocol`
    : undefined,
);

/** An old migration must do tomorrow what it did when it was released. */
export function migrationsStandAlone(tree: Tree): string[] {
  return importsOf(tree)
    .filter(({ from, target }) => from.includes('/migrations/') && target !== undefined)
    .map(({ place, target }) => `${place} ties a migration to ${target}`);
}

/** So that a test can move time. */
export const onlyTheClockReadsTime = eachNode((node, path) =>
  path !== 'src/platform/clock.ts' && ts.isIdentifier(node) && node.text === 'Date' && isValue(node)
    ? 'uses Date instead of the clock'
    : undefined,
);

/** Not a type, and not a member of something else that happens to be called the same. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isTypeReferenceNode(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const named = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent);
  return !(named && parent.name === node);
}
