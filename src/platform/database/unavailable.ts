import { QueryFailedError } from 'typeorm';

/** PostgreSQL: connection exceptions, shut down or starting up, out of connections, statement timeout. */
const POSTGRES = /^(08...|57P0[1-5]|57014|53300)$/;
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const SQLITE = new Set(['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_CANTOPEN']);
/** Words of pg and its pool for a lost connection, which have no code; and TypeORM's, when the loss took its runner. */
const LOST =
  /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable|Client was closed|Query runner already released/i;

/** Whether the database did not answer, so that the caller may try again; what it answered is no such case. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  return POSTGRES.test(code) || NETWORK.has(code) || SQLITE.has(code) || LOST.test(cause.message);
}
