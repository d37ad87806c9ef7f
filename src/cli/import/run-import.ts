import { addAbortSignal } from 'node:stream';
import { readAccount, type ImportedAccount } from '../../users/moving/account-record.js';
import type { Taken } from '../../users/moving/rows.js';
import type { Intake } from '../../users/moving/user-import.js';
import { UNUSABLE_HASH } from '../../users/hashes/kinds.js';
import type { Fault } from './lines.js';
import type { Progress } from './progress.js';
import { type Format, type NumberedRecord, recordsOf } from './records.js';
import type { Report } from './report.js';
import type { Source } from './source.js';

/** Rows of one statement: more are hardly quicker, and a server that runs waits for each statement. */
const AT_ONCE = 500;

/** What has become of the lines so far: also when something goes wrong in between. */
export class Tally {
  imported = 0;
  /** of the imported */
  withoutPassword = 0;
  /** the last line that was dealt with, when something stopped it */
  stoppedAfter?: number;
}

interface Reading {
  readonly source: Source;
  readonly format: Format;
  readonly report: Report;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

const FAULTS: Readonly<Record<Taken, string>> = {
  username: 'username is taken',
  email: 'email is the verified address of another account',
};

/** A line, and the account or what is wrong with it. */
type Candidate = Fault | { readonly number: number; readonly account: ImportedAccount };

/** Takes a file in, batch by batch. What was taken in before a stop or a failure stays, and is counted. */
export async function runImport(intake: Intake, reading: Reading, tally: Tally): Promise<void> {
  const { source, format, report, progress, stop } = reading;
  let bytes = 0;
  let lastLine = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of addAbortSignal(stop, source.stream) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  try {
    for await (const batch of batchesOf(recordsOf(format, counted()))) {
      await takeBatch(intake, batch, report, tally);
      lastLine = batch.at(-1)?.number ?? lastLine;
      progress.show(bytes, tally.imported + report.refused);
      stop.throwIfAborted();
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    tally.stoppedAfter = lastLine;
  } finally {
    progress.clear();
  }
}

async function* batchesOf(
  records: AsyncIterable<NumberedRecord | Fault>,
): AsyncGenerator<Candidate[]> {
  let batch: Candidate[] = [];
  for await (const record of records) {
    batch.push('fault' in record ? record : candidateOf(record));
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function candidateOf({ number, record }: NumberedRecord): Candidate {
  const read = readAccount(record);
  return 'username' in read ? { number, account: read } : { number, fault: read.join('; ') };
}

async function takeBatch(
  intake: Intake,
  batch: readonly Candidate[],
  report: Report,
  tally: Tally,
): Promise<void> {
  const accounts = batch.flatMap((line) => ('account' in line ? [line.account] : []));
  const outcomes = await intake.take(accounts);
  const imported = accounts.filter((_, n) => outcomes[n] === null);
  tally.imported += imported.length; // before a report that cannot be written throws
  tally.withoutPassword += imported.filter(
    ({ passwordHash }) => passwordHash === UNUSABLE_HASH,
  ).length;
  const each = outcomes.values();
  for (const line of batch) {
    const why = 'fault' in line ? line.fault : faultOf(each.next().value);
    if (why !== undefined) await report.refuse({ number: line.number, fault: why });
  }
}

function faultOf(outcome: Taken | null | undefined): string | undefined {
  return outcome ? FAULTS[outcome] : undefined;
}
