import type { HallpassDataSource } from './hallpass-data-source.js';
import { isSqlite } from './options.js';

/**
 * Connects, and sees to it that the schema is today's: SQLite is migrated on the spot; PostgreSQL,
 * where several replicas may be running, is left to the operator.
 *
 * @throws {Error} when the database cannot be reached, or has pending migrations
 */
export async function openDatabase(
  dataSource: HallpassDataSource,
  url: string,
): Promise<HallpassDataSource> {
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new Error(cannotOpen(error), { cause: error });
  }
  if (isSqlite(url)) await dataSource.runMigrations();
  else if (await dataSource.hasPendingMigrations()) {
    await dataSource.destroy();
    throw new Error('The database has pending migrations: run `npm run migration:run`, then start');
  }
  return dataSource;
}

/** Why it cannot be opened, without a word of the driver's. */
export function cannotOpen(error: unknown): string {
  return `The database of DATABASE_URL cannot be opened (${reason(error)})`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its host and port',
  ENOTFOUND: 'its host is not known',
  EACCES: 'this user may not make its folder',
  '28P01': 'its user and password do not fit',
  '28000': 'its user may not connect',
  '3D000': 'the server has no database of that name',
  SQLITE_CANTOPEN: 'its file can neither be opened nor made',
  SQLITE_NOTADB: 'its file is no SQLite database',
};

/** A driver's code says enough; its message may hold the user name or the path of a socket. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (!('code' in error) || !error.code) return error.name;
  const code = String(error.code);
  const meaning = MEANINGS[code];
  return meaning ? `${code}: ${meaning}` : code;
}
