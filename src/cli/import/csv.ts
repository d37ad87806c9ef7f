import type { Fault, Line } from './lines.js';

/** A record of a CSV file, and the line on which it begins. */
export interface CsvRecord {
  readonly number: number;
  readonly fields: readonly string[];
}

/** A record that is not whole by then has a quotation mark too many. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 64 * 1024;

const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
const OPEN = /"(?:[^"]|"")*$/y;

const NOT_CLOSED = 'has a quotation mark that no other closes';
const MISPLACED = 'has a quotation mark in a field that is not in quotation marks';

/**
 * The records of a CSV file, RFC 4180. Of one that is broken only the first line is lost: the next record
 * begins on the line below, and a forgotten quotation mark does not swallow what follows.
 */
export async function* csvRecords(
  lines: AsyncIterator<Line | Fault>,
): AsyncGenerator<CsvRecord | Fault> {
  const ahead: (Line | Fault)[] = [];
  const next = async () =>
    ahead.shift() ?? ((await lines.next()).value as Line | Fault | undefined);
  for (let first = await next(); first; first = await next()) {
    if ('fault' in first) yield first;
    else if (first.text !== '') {
      const { record, unused } = await readRecord(first, next);
      ahead.unshift(...unused);
      yield record;
    }
  }
}

/** @returns also the lines that were looked at and are not part of it */
async function readRecord(
  { number, text }: Line,
  next: () => Promise<Line | Fault | undefined>,
): Promise<{ record: CsvRecord | Fault; unused: (Line | Fault)[] }> {
  const taken: (Line | Fault)[] = [];
  let whole = text;
  for (;;) {
    const fields = fieldsOf(whole);
    if (typeof fields === 'object') return { record: { number, fields }, unused: [] };
    if (fields === 'misplaced') {
      const fault = taken.length === 0 ? MISPLACED : NOT_CLOSED;
      return { record: { number, fault }, unused: taken };
    }
    const goesOn = taken.length < MOST_LINES && whole.length < MOST_CHARACTERS;
    const line = goesOn ? await next() : undefined;
    if (line) taken.push(line);
    if (!line || 'fault' in line) return { record: { number, fault: NOT_CLOSED }, unused: taken };
    whole += `\n${line.text}`;
  }
}

/** @returns 'open' when it ends within quotation marks */
function fieldsOf(text: string): string[] | 'open' | 'misplaced' {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    FIELD.lastIndex = OPEN.lastIndex = at;
    const found = FIELD.exec(text);
    if (!found) return OPEN.test(text) ? 'open' : 'misplaced';
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return fields;
    at = FIELD.lastIndex;
  }
}
