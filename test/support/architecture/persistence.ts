import ts from 'typescript';
import { importsOf } from './imports.js';
import { eachNode, sourcesOf, type Rule } from './tree.js';

/** They open a transaction, or write columns that nobody named. */
const IMPLICIT = ['save', 'remove', 'softRemove', 'recover'];

/** Tables change by migrations alone. */
export const schemaIsNeverSynchronized = eachNode((node) => {
  if (ts.isCallExpression(node) && calledName(node) === 'synchronize') return 'synchronizes';
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return undefined;
  if (!['synchronize', 'dropSchema'].includes(node.name.getText())) return undefined;
  const off = ts.isPropertyAssignment(node) && node.initializer.kind === ts.SyntaxKind.FalseKeyword;
  return off ? undefined : `sets ${node.name.getText()}`;
});

const implicitWrites = eachNode((node) => {
  if (!ts.isCallExpression(node)) return undefined;
  const name = calledName(node);
  return IMPLICIT.includes(name) ? `calls ${name}(): use insert, update, delete` : undefined;
});

/** A method of that name elsewhere is no repository's: only who imports TypeORM can have one. */
export const writesAreExplicit: Rule = (tree) => {
  const withTypeOrm = sourcesOf(tree).filter(({ text }) => /['"](@nestjs\/)?typeorm/.test(text));
  return implicitWrites(new Map(withTypeOrm.map(({ fileName, text }) => [fileName, text])));
};

const MIGRATIONS = 'src/platform/database/migrations/';

/** TypeORM is told each by hand: one that is forgotten is neither run nor missed. */
export const everyMigrationIsListed: Rule = (tree) => {
  const listed = importsOf(tree)
    .filter(({ from }) => from === 'src/data-source.ts')
    .map(({ target }) => target);
  return [...tree.keys()]
    .filter((path) => path.startsWith(MIGRATIONS) && !listed.includes(path))
    .map((path) => `${path} is not listed in src/data-source.ts`);
};

function calledName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}
