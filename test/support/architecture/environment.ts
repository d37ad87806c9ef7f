import ts from 'typescript';
import { eachNode } from './tree.js';

/** The entries; and boot/stop, which asks whether npm is its parent, and that is nobody's setting. */
const MAY_READ = ['main', 'cli', 'demo', 'generate', 'boot/stop'].map((name) => `src/${name}.ts`);

/** Whoever else read it would have a setting that nobody checks and no page lists. */
export const onlySettingsReadTheEnvironment = eachNode((node, path) => {
  const may =
    path.startsWith('src/platform/settings/') || path === 'ormconfig.ts' || MAY_READ.includes(path);
  return !may && readsEnvironment(node) ? 'reads the environment' : undefined;
});

/** `process.env`, `process['env']`, `const { env } = process`, and env out of node:process. */
function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return isProcess(node.expression) && node.name.text === 'env';
  }
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: key } = node;
    return isProcess(node.expression) && (!ts.isStringLiteralLike(key) || key.text === 'env');
  }
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && isProcess(node.initializer);
  }
  return (
    ts.isImportDeclaration(node) && /^['"](node:)?process['"]$/.test(node.moduleSpecifier.getText())
  );
}

function isProcess(node: ts.Expression): boolean {
  return ts.isIdentifier(node) ? node.text === 'process' : node.getText() === 'globalThis.process';
}
