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

/** A migration that is forgotten is neither run nor missed. */
export const everyMigrationIsListed = listedInDataSource((path) =>
  path.startsWith('src/platform/database/migrations/'),
);

/** An entity that is forgotten is compared with no migration, and fails on its first use. */
export const everyEntityIsListed = listedInDataSource((path) => path.endsWith('.entity.ts'));

/** TypeORM is told each by hand. */
function listedInDataSource(isMeant: (path: string) => boolean): Rule {
  return (tree) => {
    const listed = importsOf(tree)
      .filter(({ from }) => from === 'src/data-source.ts')
      .map(({ target }) => target);
    return [...tree.keys()]
      .filter((path) => isMeant(path) && !listed.includes(path))
      .map((path) => `${path} is not listed in src/data-source.ts`);
  };
}

function calledName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}
