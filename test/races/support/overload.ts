import { readFile } from 'node:fs/promises';

/**
 * How long the main thread of a process has been ready to run while every processor was taken by
 * others: what it would not have waited on a machine of its own. Linux tells; elsewhere it is 0.
 *
 * @returns milliseconds
 */
export async function waitedForProcessor(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  const [, nanoseconds = '0'] = text.split(' ');
  return Number(nanoseconds) / 1e6;
}
