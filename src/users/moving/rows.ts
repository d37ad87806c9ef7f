import type { QueryRunner } from 'typeorm';
import { repeatAfterDeadlock } from '../../platform/database/deadlock.js';
import type { ImportedAccount } from './account-record.js';

/** What of an account somebody else has, so that it was left out. */
export type Taken = 'username' | 'email';

/** An account on its way into a table. */
export interface Row extends ImportedAccount {
  readonly id: string;
}

interface Keys {
  readonly username_key: string;
  readonly verified_email_key: string | null;
}

/**
 * Inserts all that the unique indexes let in, in one statement.
 *
 * @returns the rows that were left out, and what of them is taken
 */
export async function insertInto(
  runner: QueryRunner,
  table: string,
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => unknown>>,
): Promise<ReadonlyMap<Row, Taken>> {
  if (rows.length === 0) return new Map();
  const values = Object.values(columns);
  const parameters = rows.flatMap((row) => values.map((value) => value(row)));
  const placeholders = placeholdersOf(runner, parameters.length);
  const tuples = rows.map(
    (_, n) => `(${placeholders.slice(n * values.length, (n + 1) * values.length).join()})`,
  );
  const insert = `INSERT INTO ${table} (${Object.keys(columns).join()}) VALUES ${tuples.join()} ON CONFLICT DO NOTHING`;
  // Another import may have the same accounts in another order.
  const { affected } = await repeatAfterDeadlock(() => runner.query(insert, parameters, true));
  if (affected === rows.length) return new Map();
  const inserted = await idsIn(runner, table, rows);
  const left = rows.filter(({ id }) => !inserted.has(id));
  const taken = await findTaken(runner, table, left);
  // One whose rival has gone meanwhile was left out all the same.
  return new Map(left.map((row) => [row, taken.get(row) ?? 'username']));
}

async function idsIn(runner: QueryRunner, table: string, rows: readonly Row[]) {
  const ids = rows.map(({ id }) => id);
  const list = placeholdersOf(runner, ids.length).join();
  const found: Array<{ id: string }> = await runner.query(
    `SELECT id FROM ${table} WHERE id IN (${list})`,
    ids,
  );
  return new Set(found.map(({ id }) => id));
}

/** @returns the rows of which somebody in the table has the name or the address */
export async function findTaken(runner: QueryRunner, table: string, rows: readonly Row[]) {
  if (rows.length === 0) return new Map<Row, Taken>();
  const names = rows.map((row) => row.usernameKey);
  const emails = rows.map((row) => row.verifiedEmailKey).filter((key) => key !== null);
  const placeholders = placeholdersOf(runner, names.length + emails.length);
  const found: Keys[] = await runner.query(
    `SELECT username_key, verified_email_key FROM ${table}
      WHERE username_key IN (${placeholders.slice(0, names.length).join()})
         OR verified_email_key IN (${placeholders.slice(names.length).join() || 'NULL'})`,
    [...names, ...emails],
  );
  const takenNames = new Set(found.map((keys) => keys.username_key));
  const takenEmails = new Set(found.map((keys) => keys.verified_email_key));
  const taken = new Map<Row, Taken>();
  for (const row of rows) {
    const { usernameKey, verifiedEmailKey } = row;
    if (takenNames.has(usernameKey)) taken.set(row, 'username');
    else if (verifiedEmailKey !== null && takenEmails.has(verifiedEmailKey)) {
      taken.set(row, 'email');
    }
  }
  return taken;
}

/** `?` for SQLite, which looks names up one after another: thousands of `$n` would take longer than the rows. */
function placeholdersOf({ connection }: QueryRunner, count: number): string[] {
  const sqlite = connection.options.type === 'sqlite';
  return Array.from({ length: count }, (_, n) => (sqlite ? '?' : `$${n + 1}`));
}
