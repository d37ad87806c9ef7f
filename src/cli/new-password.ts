import type { INestApplicationContext } from '@nestjs/common';
import { Option } from 'commander';
import type { Readable } from 'node:stream';
import { PASSWORD_MAX_CHARACTERS } from '../users/password-hash.js';
import { type PasswordOwner, PasswordPolicy } from '../users/password-policy.js';
import { askHidden } from './prompt.js';
import { Misused, Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

export interface PasswordOptions {
  readonly passwordStdin?: true;
}

/** The longest password in the widest characters, its newline, and a byte to see that there is more. */
const MOST_BYTES = PASSWORD_MAX_CHARACTERS * 4 + 3;

/** There is none that takes the password itself: every user of the machine could read it in the process list. */
export function passwordStdinOption(): Option {
  return new Option(
    '--password-stdin',
    'read the password from standard input: one line, of which only the newline at its end is removed',
  );
}

/** @throws {Misused} when there is nowhere to get a password from */
export function requirePasswordSource(options: PasswordOptions, { stdin }: Terminal): void {
  if (options.passwordStdin && stdin.isTTY) {
    throw new Misused(
      '--password-stdin is for a pipe or a file: here it would show the password. Leave it out to be asked.',
    );
  }
  if (!options.passwordStdin && !stdin.isTTY) {
    throw new Misused(
      'There is no terminal to ask for the password on: pass it to --password-stdin through a pipe or a file.',
    );
  }
}

/**
 * Gets a new password, from a person by asking twice.
 *
 * @throws {Refused} when the answers differ, or the input is no single line of text
 */
export async function readNewPassword(
  options: PasswordOptions,
  terminal: Terminal,
): Promise<string> {
  if (options.passwordStdin) return readLine(terminal.stdin);
  const [password = '', again] = await askHidden(['New password: ', 'Again: '], terminal);
  if (password !== again) throw new Refused('The two passwords differ, so nothing has changed');
  return password;
}

/** @returns the fault as a sentence of its own, undefined when the password is good */
export async function newPasswordFault(
  password: string,
  owner: PasswordOwner,
  context: INestApplicationContext,
): Promise<string | undefined> {
  const fault = await context.get(PasswordPolicy).faultOf(password, owner);
  return fault && `The password ${fault}`;
}

async function readLine(stdin: Readable): Promise<string> {
  const line = decode(await readBytes(stdin)).replace(/\r?\n$/, '');
  if (line === '') throw new Refused('Standard input holds no password');
  if (/[\r\n]/.test(line)) throw new Refused('Standard input holds more than the one line');
  return line;
}

async function readBytes(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw new Refused('Standard input is too long for a password');
  }
  return Buffer.concat(chunks);
}

/** Bytes that are no text would all become the same character, and so would different passwords. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused('Standard input is not valid UTF-8');
  }
}
