import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { Audit, OPERATOR } from '../platform/audit/audit.js';
import { FIELDS, REQUIRED_FIELDS } from '../users/moving/account-record.js';
import { type Intake, UserImport } from '../users/moving/user-import.js';
import { withContext } from './context.js';
import { Progress } from './import/progress.js';
import type { Format } from './import/records.js';
import { Report } from './import/report.js';
import { runImport, Tally } from './import/run-import.js';
import { createFile, formatOf, openSource } from './import/source.js';
import { Refused } from './refusal.js';
import { stoppable } from './stoppable.js';
import type { Terminal } from './terminal.js';

interface ImportOptions {
  readonly format?: Format;
  readonly dryRun?: true;
  readonly report?: string;
}

interface Outcome extends Tally {
  readonly refused: number;
  /** that nobody can administer the service */
  readonly headless: boolean;
}

/** `user import`: accounts from another application, with the hashes that it has made. */
export function addUserImport(user: Command, terminal: Terminal): void {
  user
    .command('import')
    .description('make an account of each line of a file; no account that exists is changed')
    .argument('<file>', 'CSV with a header, or a JSON object a line; - for standard input')
    .addOption(formatOption('what the file is, where its name does not end in .csv or .jsonl'))
    .option('--dry-run', 'say what would happen, and write nothing')
    .option('--report <file>', 'write every refused line into a new file')
    .addHelpText(
      'after',
      `\nColumns, in any order: ${FIELDS.join(', ')}.` +
        `\n${REQUIRED_FIELDS.join(' and ')} have to be there; an empty hash is somebody who sets a password by mail.` +
        '\n\nExamples:\n  $ npm run hallpass -- user import users.csv --dry-run' +
        '\n  $ npm run hallpass -- user import users.csv --report refused.txt',
    )
    .action((file: string, options: ImportOptions) => importUsers(file, options, terminal));
}

export function formatOption(description: string): Option {
  return new Option('--format <format>', description).choices(['csv', 'jsonl']);
}

async function importUsers(
  file: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  const format = formatOf(file, options.format);
  const source = await openSource(file, terminal);
  const reportFile = options.report === undefined ? undefined : await createFile(options.report);
  const progress = new Progress(terminal.stderr, source.size);
  const report = new Report((text) => {
    progress.clear();
    terminal.stderr.write(text);
  }, reportFile);
  const outcome = await stoppable((stop) =>
    withContext((context) =>
      carryOut(context, options, { source, format, report, progress, stop }),
    ),
  ).finally(() => report.end());
  terminal.stdout.write(`${describe(outcome, options)}\n`);
  refuseUnfinished(outcome, options);
}

async function carryOut(
  context: INestApplicationContext,
  { dryRun = false }: { dryRun?: boolean },
  reading: Parameters<typeof runImport>[1],
): Promise<Outcome> {
  const users = context.get(UserImport);
  const tally = new Tally();
  const refused = () => reading.report.refused;
  const work = (intake: Intake) => runImport(intake, reading, tally);
  const record = (end: string) =>
    context.get(Audit).record({
      event: 'users.imported',
      by: OPERATOR,
      subject: 'everyone',
      reason: `imported=${tally.imported} refused=${refused()}${end}`, // at most 64 characters
    });
  try {
    await (dryRun ? users.dryRun(work) : users.run(work));
  } catch (error) {
    if (!dryRun && tally.imported > 0) await record(' failed').catch(() => undefined); // the first error says more
    throw error;
  }
  if (!dryRun) await record(tally.stoppedAfter === undefined ? '' : ' interrupted');
  const outcome = { ...tally, refused: refused() };
  return { ...outcome, headless: !dryRun && !(await users.hasAdministrator()) };
}

function describe(outcome: Outcome, { dryRun }: ImportOptions): string {
  const { imported, refused, withoutPassword, headless } = outcome;
  const would = dryRun ? 'would be ' : '';
  const lines = [`${imported} ${would}imported, ${refused} ${would}refused`];
  if (withoutPassword > 0) {
    lines.push(`${withoutPassword} of the imported have no password, and set one by mail`);
  }
  if (headless) {
    lines.push('There is no administrator yet: npm run hallpass -- user create admin --role admin');
  }
  return lines.join('\n');
}

/** @throws {Refused} */
function refuseUnfinished({ refused, stoppedAfter }: Outcome, { dryRun }: ImportOptions): void {
  if (stoppedAfter !== undefined) {
    const again = '. Run it again: what is in by now is refused, as its usernames are taken';
    throw new Refused(`Interrupted after line ${stoppedAfter}${dryRun ? '' : again}`);
  }
  if (refused > 0) throw new Refused('Some lines were refused; mend them and import them again');
}
