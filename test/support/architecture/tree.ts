import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Sources by their path from the root of the repository, with forward slashes. */
export type Tree = ReadonlyMap<string, string>;

/** Says of each place that breaks it where and how; nothing when it holds. */
export type Rule = (tree: Tree) => string[];

export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

/** Every TypeScript file of a folder, tests and tools included. */
export function readTree(root: string, folder: string): Tree {
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const paths = entries.filter((entry) => /\.[cm]?tsx?$/.test(entry)).toSorted();
  return new Map(
    paths.map((path) => [
      `${folder}/${path.replaceAll('\\', '/')}`,
      readFileSync(join(root, folder, path), 'utf8'),
    ]),
  );
}

const parsed = new WeakMap<Tree, readonly ts.SourceFile[]>();

/** The files as syntax, so that a comment or a text is never taken for code. */
export function sourcesOf(tree: Tree): readonly ts.SourceFile[] {
  const known = parsed.get(tree);
  if (known) return known;
  const sources = [...tree].map(([path, text]) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
  );
  parsed.set(tree, sources);
  return sources;
}

/** A rule that looks at one node at a time. */
export function eachNode(fault: (node: ts.Node, path: string) => string | undefined): Rule {
  return (tree) =>
    sourcesOf(tree).flatMap((source) =>
      nodesOf(source).flatMap((node) => {
        const reason = fault(node, source.fileName);
        return reason === undefined ? [] : [`${placeOf(node)} ${reason}`];
      }),
    );
}

/** A node and all below it, comments left out. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  for (const each of nodes) ts.forEachChild(each, (child) => void nodes.push(child));
  return nodes;
}

/** `path:line`, as editors open it. */
export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${source.fileName}:${line + 1}`;
}
