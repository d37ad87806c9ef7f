import { posix } from 'node:path';
import ts from 'typescript';
import { nodesOf, placeOf, sourcesOf, type Tree } from './tree.js';

/** One file naming another: import, re-export, `import()`, a type's `import()`, `require`. */
export interface Import {
  readonly from: string;
  readonly place: string;
  readonly specifier: string;
  /** path of the file it means, from the root of the repository; undefined for a package */
  readonly target: string | undefined;
}

export function importsOf(tree: Tree): Import[] {
  return sourcesOf(tree).flatMap((source) =>
    nodesOf(source).flatMap((node) => {
      const named = moduleNamed(node);
      if (!named || !ts.isStringLiteralLike(named)) return [];
      const [from, specifier] = [source.fileName, named.text];
      return [{ from, place: placeOf(node), specifier, target: targetOf(from, specifier) }];
    }),
  );
}

/** Imports whose target only the running program knows, which no rule here can judge. */
export function computedImports(tree: Tree): string[] {
  return sourcesOf(tree).flatMap((source) =>
    nodesOf(source).flatMap((node) => {
      const named = moduleNamed(node);
      return !named || ts.isStringLiteralLike(named) ? [] : [`${placeOf(node)} computes an import`];
    }),
  );
}

/** The expression that says which module is meant. */
function moduleNamed(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  }
  return ts.isCallExpression(node) && loads(node.expression) ? node.arguments[0] : undefined;
}

/** `import`, `require`, `require.resolve`, `createRequire(…)`. */
function loads(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  if (ts.isPropertyAccessExpression(callee)) {
    return callee.name.text === 'resolve' && loads(callee.expression);
  }
  return ts.isCallExpression(callee) && callee.expression.getText() === 'createRequire';
}

function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
