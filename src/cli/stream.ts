import { columnsOf, line, toJson } from './output.js';
import type { Output } from './terminal.js';

type Row = readonly string[];

/** Writes no more often than is of use. Characters. */
const PIECE = 16_384;

/**
 * Prints a list of any length, as fast as it is read and no faster: all of it may be more than memory holds.
 * Ends early when whoever reads it has left, as `head` does.
 */
export async function print(pieces: AsyncIterable<string>, stdout: Output): Promise<void> {
  let left = false;
  const leave = () => (left = true);
  stdout.once('error', leave);
  let piece = '';
  for await (const text of pieces) {
    piece += text;
    if (piece.length < PIECE) continue;
    if (!stdout.write(piece)) await drained(stdout);
    piece = '';
    if (left) return;
  }
  stdout.write(piece);
  stdout.off('error', leave);
}

/** The very text that `toJson()` makes of an array of these. */
export async function* jsonList(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '[';
  for await (const item of items) {
    yield `${before}\n  ${toJson(item).replaceAll('\n', '\n  ')}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

/**
 * The very text that `table()` makes of these rows. They are read twice, for the first line needs the width of
 * the last; a row that comes in between and is wider stands out.
 *
 * @param none what is said where there are no rows
 */
export async function* tableOf(
  heading: Row,
  rows: () => AsyncIterable<Row>,
  none: string,
): AsyncGenerator<string> {
  let widths = columnsOf(heading);
  let isEmpty = true;
  for await (const row of rows()) {
    isEmpty = false;
    widths = columnsOf(row, widths);
  }
  if (isEmpty) {
    yield `${none}\n`;
    return;
  }
  yield `${line(heading, widths)}\n`;
  for await (const row of rows()) yield `${line(row, widths)}\n`;
}

function drained(stdout: Output): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ENDS_OF_WAIT) stdout.off(event, done);
      resolve();
    };
    for (const event of ENDS_OF_WAIT) stdout.once(event, done);
  });
}

const ENDS_OF_WAIT = ['drain', 'error', 'close'] as const;
