import { type AccountRecord, FIELDS, REQUIRED_FIELDS } from '../../users/moving/account-record.js';
import { printable } from '../output.js';
import { Refused } from '../refusal.js';
import { type CsvRecord, csvRecords } from './csv.js';
import { type Fault, type Line, linesOf } from './lines.js';

export type Format = 'csv' | 'jsonl';

/** What a file says of one account, and on which line. */
export interface NumberedRecord {
  readonly number: number;
  readonly record: AccountRecord;
}

const KNOWN: ReadonlySet<string> = new Set(FIELDS);

/**
 * Reads a file of accounts.
 *
 * @throws {Refused} before anything else when it is no such file
 */
export function recordsOf(
  format: Format,
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<NumberedRecord | Fault> {
  const lines = linesOf(stream);
  return format === 'csv' ? fromCsv(lines) : fromJsonLines(lines);
}

async function* fromCsv(
  lines: AsyncGenerator<Line | Fault>,
): AsyncGenerator<NumberedRecord | Fault> {
  const rows = csvRecords(lines);
  const header: CsvRecord | Fault | undefined = (await rows.next()).value;
  if (!header) throw new Refused('The file is empty');
  if ('fault' in header) throw new Refused(`The first line ${header.fault}`);
  const columns: readonly string[] = header.fields;
  refuseHeadless(columns);
  refuseColumns(columns);
  for await (const row of rows) {
    if ('fault' in row) yield row;
    else if (row.fields.length !== columns.length) {
      const counts = `has ${row.fields.length} fields, and the first line ${columns.length}`;
      const fault = `${counts}; one that holds a comma needs quotation marks`; // as Argon2 hashes do
      yield { number: row.number, fault };
    } else {
      const record = Object.fromEntries(columns.map((column, n) => [column, row.fields[n]]));
      yield { number: row.number, record };
    }
  }
}

async function* fromJsonLines(
  lines: AsyncIterable<Line | Fault>,
): AsyncGenerator<NumberedRecord | Fault> {
  let first = true;
  for await (const line of lines) {
    if ('fault' in line) yield line;
    else if (line.text.trim() !== '') {
      const record = parseObject(line.text);
      if (first && record) refuseColumns(Object.keys(record));
      first = false;
      yield record ? checked(line.number, record) : { number: line.number, fault: NO_OBJECT };
    }
  }
}

const NO_OBJECT = 'is no JSON object';

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // whose message would quote the line
  }
}

function checked(number: number, record: object): NumberedRecord | Fault {
  const unknown = Object.keys(record).find((name) => !KNOWN.has(name));
  if (unknown === undefined) return { number, record };
  return { number, fault: `has the unknown field ${shown(unknown)}` };
}

/** Where the first line is an account, its fields are nobody's to see: one may be a hash, or a password. */
function refuseHeadless(columns: readonly string[]): void {
  const isHeader = columns.some((column) => NAMES_A_COLUMN.test(column));
  if (!isHeader) {
    throw new Refused(`The first line names no column. Known are ${FIELDS.join(', ')}`);
  }
  if (columns.some((column) => column.includes('\r'))) {
    throw new Refused('The lines end in CR alone; write the file with LF or CRLF');
  }
}

/** Also in other letters, or between semicolons. */
const NAMES_A_COLUMN = new RegExp(REQUIRED_FIELDS.join('|'), 'i');

/** A column that is ignored may be the one that somebody relies on. */
function refuseColumns(columns: readonly string[]): void {
  const unknown = columns.filter((column) => !KNOWN.has(column));
  if (unknown.length > 0) {
    throw new Refused(
      `Unknown columns: ${unknown.map(shown).join(', ')}. Known are ${FIELDS.join(', ')}`,
    );
  }
  const missing = REQUIRED_FIELDS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new Refused(`Missing columns: ${missing.join(', ')}`);
  const twice = columns.find((column, n) => columns.indexOf(column) !== n);
  if (twice !== undefined) throw new Refused(`The column ${twice} is there twice`);
}

function shown(name: string): string {
  if (name.includes('$')) return 'one with a $'; // as hashes have
  const text = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return `"${printable(text)}"`;
}
