import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

/**
 * Asks one question after another without showing what is typed.
 *
 * @returns as many answers as questions
 * @throws {Refused} on Ctrl-C, Ctrl-D and the end of the input
 */
export async function askHidden(
  questions: readonly string[],
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
): Promise<string[]> {
  // readline switches the terminal's own echo off, and its echo goes nowhere.
  const reader = createInterface({
    input: stdin,
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
    historySize: 0,
  });
  const lines = reader[Symbol.asyncIterator](); // which also keeps a line that came before its question
  const answers: string[] = [];
  try {
    for (const question of questions) {
      stderr.write(question);
      const line = await lines.next();
      stderr.write('\n');
      if (line.done) throw new Refused('No password was typed, so nothing has changed');
      answers.push(line.value);
    }
    return answers;
  } finally {
    reader.close();
  }
}
