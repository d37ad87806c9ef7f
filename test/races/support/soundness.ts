import { createDataSource } from '../../../src/data-source.js';
import { onPostgres } from '../../support/database.js';

/** Rows that no order of the service's writes leaves behind, wherever it is cut off. */
const IMPOSSIBLE = `
  SELECT id FROM sessions
  WHERE (generation > 0) <> (rotated_at IS NOT NULL)
    OR (revoked_at IS NULL) <> (revoked_reason IS NULL)
    OR user_id NOT IN (SELECT id FROM users)`;

/**
 * Opens the database on a connection of its own, for as long as it takes: one that stayed open would
 * spare the next server the recovery of SQLite's log.
 *
 * @returns what is wrong with it
 */
export async function faultsOfDatabase(url: string): Promise<unknown[]> {
  return withRows(url, async (query) => {
    const impossible = await query(IMPOSSIBLE);
    if (onPostgres) return impossible; // it was not PostgreSQL that was killed
    const [check] = (await query('PRAGMA integrity_check')) as [{ integrity_check: string }];
    const damage = check.integrity_check === 'ok' ? [] : [check];
    return [...damage, ...(await query('PRAGMA foreign_key_check')), ...impossible];
  });
}

/** The sessions that have not been ended, expired or not. */
export async function sessionsNotEnded(url: string): Promise<Set<string>> {
  return withRows(url, async (query) => {
    const rows = await query('SELECT id FROM sessions WHERE revoked_at IS NULL');
    return new Set((rows as { id: string }[]).map(({ id }) => id));
  });
}

type Query = (sql: string) => Promise<unknown[]>;

async function withRows<T>(url: string, work: (query: Query) => Promise<T>): Promise<T> {
  const dataSource = await createDataSource(url).initialize();
  try {
    return await work((sql) => dataSource.query(sql));
  } finally {
    await dataSource.destroy();
  }
}
