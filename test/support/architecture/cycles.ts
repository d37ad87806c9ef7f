import { importsOf } from './imports.js';
import type { Tree } from './tree.js';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Type imports count too: two files that cannot be understood apart are one file. */
export function filesAreAcyclic(tree: Tree): string[] {
  const edges = importsOf(tree).flatMap(({ from, target }) =>
    target === undefined ? [] : [[from, target] as const],
  );
  return describe(cyclesOf(graphOf(edges)));
}

/** Of folders side by side, at every depth; a folder and the ones inside it are one thing. */
export function foldersAreAcyclic(tree: Tree): string[] {
  const edges = importsOf(tree).flatMap(({ from, target }) => siblings(from, target) ?? []);
  return describe(cyclesOf(graphOf(edges)));
}

/** `a/b/x.ts` and `a/c/d/y.ts` make the edge from `a/b` to `a/c`. */
function siblings(from: string, target = from): [[string, string]] | undefined {
  const [one, other] = [from.split('/'), target.split('/')];
  const fork = one.findIndex((name, depth) => name !== other[depth]);
  const bothFolders = fork >= 0 && fork < one.length - 1 && fork < other.length - 1;
  if (!bothFolders) return undefined;
  return [[one.slice(0, fork + 1).join('/'), other.slice(0, fork + 1).join('/')]];
}

function graphOf(edges: readonly (readonly [string, string])[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of edges) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  return graph;
}

/** Depth first; each edge that leads back to where the walk came from closes a cycle. */
function cyclesOf(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (node: string, way: readonly string[]): void => {
    const start = way.indexOf(node);
    if (start >= 0) cycles.push([...way.slice(start), node]);
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...way, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return cycles;
}

function describe(cycles: readonly string[][]): string[] {
  return cycles.map((cycle) => `a cycle: ${cycle.join(' → ')}`);
}
