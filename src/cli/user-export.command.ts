import type { INestApplicationContext } from '@nestjs/common';
import { rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { Audit, OPERATOR } from '../platform/audit/audit.js';
import { FIELDS, recordOf } from '../users/moving/account-record.js';
import { UserExport } from '../users/moving/user-export.js';
import type { User } from '../users/user.entity.js';
import { withContext } from './context.js';
import type { Format } from './import/records.js';
import { createFile } from './import/source.js';
import { Refused } from './refusal.js';
import { stoppable } from './stoppable.js';
import type { Terminal } from './terminal.js';
import { formatOption } from './user-import.command.js';

interface ExportOptions {
  readonly format: Format;
  readonly output?: string;
}

/** `user export`: what `user import` reads. */
export function addUserExport(user: Command, terminal: Terminal): void {
  user
    .command('export')
    .description('write every account with its password hash, as `user import` reads them')
    .addOption(formatOption('CSV with a header, or a JSON object a line').default('csv'))
    .option('--output <file>', 'into a new file that only you can read')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user export --output users.csv')
    .action((options: ExportOptions) => stoppable((stop) => exportUsers(options, terminal, stop)));
}

async function exportUsers(
  options: ExportOptions,
  { stdout, stderr }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { format, output } = options;
  if (output === undefined) {
    if (stdout.isTTY) stderr.write('These are password hashes: nobody else should see them\n');
    stderr.write(
      told(await withContext((context) => write(context, format, stdout, { end: false, signal }))),
    );
    return;
  }
  const file = await createFile(output);
  try {
    stderr.write(
      told(await withContext((context) => write(context, format, file, { end: true, signal }))),
    );
  } catch (error) {
    await rm(output, { force: true }); // half of it would pass for all
    throw error;
  }
}

/** @returns how many accounts were written; fewer than there are when whoever reads has left */
async function write(
  context: INestApplicationContext,
  format: Format,
  target: Writable,
  options: { end: boolean; signal: AbortSignal },
): Promise<number> {
  let count = 0;
  async function* text() {
    if (format === 'csv') yield `${FIELDS.join()}\n`;
    for await (const user of context.get(UserExport).each()) {
      count += 1;
      yield format === 'csv' ? csvLine(user) : `${JSON.stringify(recordOf(user))}\n`;
    }
  }
  try {
    await pipeline(Readable.from(text()), target, options);
  } catch (error) {
    if (options.signal.aborted) throw new Refused('Interrupted: these are not all accounts');
    if (!isEndOfReader(error)) throw error;
  } finally {
    const reason = `accounts=${count}`; // they have left, whatever went wrong then
    await context
      .get(Audit)
      .record({ event: 'users.exported', by: OPERATOR, subject: 'everyone', reason });
  }
  return count;
}

function told(count: number): string {
  return `Exported ${count} ${count === 1 ? 'account' : 'accounts'}\n`;
}

/** RFC 4180 §2, to the letter: a leading = or + is not changed, so this is no file for a spreadsheet. */
function csvLine(user: User): string {
  const record = recordOf(user);
  return `${FIELDS.map((field) => csvField(String(record[field] ?? ''))).join()}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whoever read the output has left, as `head` does. */
function isEndOfReader(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
