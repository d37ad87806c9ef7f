import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { printable } from '../output.js';
import { Misused, Refused } from '../refusal.js';
import type { Terminal } from '../terminal.js';
import type { Format } from './records.js';

const STDIN = '-';

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

export interface Source {
  readonly stream: Readable;
  /** bytes; undefined for what is no file */
  readonly size: number | undefined;
}

/** @throws {Misused} when neither the name nor an option tells */
export function formatOf(file: string, format: Format | undefined): Format {
  const known = format ?? BY_EXTENSION[extname(file).toLowerCase()];
  if (!known) throw new Misused('Say what the file is: --format csv, or --format jsonl');
  return known;
}

/** @throws {Refused} when there is no such file */
export async function openSource(file: string, { stdin }: Terminal): Promise<Source> {
  if (file === STDIN) return { stream: stdin, size: undefined };
  const handle = await opening(file, () => open(file));
  const { size } = await handle.stat();
  return { stream: createReadStream(file, { fd: handle }), size };
}

/**
 * A file that only its owner reads.
 *
 * @throws {Refused} when something is there: its mode would stay, and its content would be gone
 */
export async function createFile(file: string): Promise<WriteStream> {
  const handle = await opening(file, () => open(file, 'wx', 0o600));
  return createWriteStream(file, { fd: handle });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EEXIST: 'it is there already',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

async function opening<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new Refused(`Cannot open ${printable(file)}: ${REASONS[code] ?? code}`);
  }
}
