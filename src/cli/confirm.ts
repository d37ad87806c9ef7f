import { createInterface } from 'node:readline/promises';
import { Misused, Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

/**
 * Asks whether to do what cannot be undone.
 *
 * @param yes that it was said on the command line already
 * @throws {Refused} on any answer but yes
 */
export async function confirm(
  question: string,
  yes: boolean,
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
): Promise<void> {
  if (yes) return;
  const reader = createInterface({ input: stdin, output: stderr, historySize: 0 });
  const left = new AbortController();
  reader.once('SIGINT', () => left.abort());
  reader.once('close', () => left.abort());
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal: left.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch {
    stderr.write('\n');
  } finally {
    reader.close();
  }
  throw new Refused('Nothing has changed');
}

/** @throws {Misused} when there is nobody to ask: before anything is opened */
export function requireSomebody(yes: boolean, { stdin }: Pick<Terminal, 'stdin'>): void {
  if (yes || stdin.isTTY) return;
  throw new Misused('There is no terminal to ask for a confirmation on: pass --yes.');
}
