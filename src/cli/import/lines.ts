/** A line of a file, as an editor numbers it, without its end. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Something in a file that is of no use. */
export interface Fault {
  readonly number: number;
  readonly fault: string;
}

/** Far more than an account needs, and far less than memory has. */
const MOST_BYTES = 64 * 1024;

const TOO_LONG = `is longer than ${MOST_BYTES / 1024} KiB`;
const NEWLINE = 0x0a;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of a stream of bytes, each with its number or with what is wrong with it. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Line | Fault> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      number += 1;
      const bytes = joined(rest, chunk.subarray(start, end));
      yield skipping ? { number, fault: TOO_LONG } : lineOf(number, bytes);
      rest = Buffer.alloc(0);
      skipping = false;
      start = end + 1;
    }
    if (!skipping) rest = joined(rest, chunk.subarray(start));
    if (rest.length > MOST_BYTES) {
      skipping = true;
      rest = Buffer.alloc(0);
    }
  }
  if (skipping) yield { number: number + 1, fault: TOO_LONG };
  else if (rest.length > 0) yield lineOf(number + 1, rest);
}

function joined(first: Buffer, second: Buffer): Buffer {
  return first.length === 0 ? second : Buffer.concat([first, second]);
}

function lineOf(number: number, bytes: Buffer): Line | Fault {
  if (bytes.length > MOST_BYTES) return { number, fault: TOO_LONG };
  try {
    const text = UTF_8.decode(bytes).replace(/\r$/, '');
    return { number, text: number === 1 ? text.replace(/^\u{feff}/u, '') : text };
  } catch {
    return { number, fault: 'is not UTF-8' };
  }
}
