/** A file that a page shows, or what it changes in one. */
export interface Change {
  /** from the root of the repository */
  readonly path: string;
  /** where the block begins on the page */
  readonly line: number;
  readonly kind: 'new' | 'diff';
  readonly text: string;
}

/**
 * The blocks of TypeScript, each a new file, and of differences, each of a file that is there. The
 * line above a block begins with the name of its file: `` `src/a.ts`: `` or a link with that text.
 *
 * @throws {Error} where a block is of no file
 */
export function changesOf(markdown: string): Change[] {
  return [...markdown.matchAll(/^```(ts|diff)\n(.*?)^```$/gms)].map((block) => {
    const [, language, text = ''] = block;
    const above = markdown.slice(0, block.index).trimEnd();
    const path = /^\[?`([^`]+)`.*:$/.exec(above.split('\n').at(-1) ?? '')?.[1];
    const line = markdown.slice(0, block.index).split('\n').length;
    if (path === undefined) throw new Error(`line ${line}: no file is named above the block`);
    return { path, line, kind: language === 'ts' ? 'new' : 'diff', text };
  });
}

/**
 * The file as it is with the change.
 *
 * @param source the file as it is without; undefined when there is none
 * @throws {Error} naming the block that does not fit
 */
export function changed(source: string | undefined, { path, line, kind, text }: Change): string {
  const fault = (what: string) => new Error(`line ${line}: ${path} ${what}`);
  if (kind === 'new') {
    if (source !== undefined) throw fault('is there already');
    return text;
  }
  if (source === undefined) throw fault('is not there to be changed');
  return text.split(/^@@\n/m).reduce((lines, hunk) => {
    const before = linesOf(hunk, '-');
    const found = `\n${lines}`.split(`\n${before}`).length - 1;
    if (before === '' || found !== 1) throw fault(`has this ${found} times, not once:\n${before}`);
    return `\n${lines}`.replace(`\n${before}`, () => `\n${linesOf(hunk, '+')}`).slice(1);
  }, source);
}

/** The lines of one side, and those that both have, each with its end. */
function linesOf(hunk: string, side: '-' | '+'): string {
  const lines = hunk.split('\n').filter((line) => line.startsWith(' ') || line.startsWith(side));
  return lines.map((line) => `${line.slice(1)}\n`).join('');
}
