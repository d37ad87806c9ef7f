import { QueryFailedError } from 'typeorm';

const POSTGRES_UNIQUE_VIOLATION = '23505';

/** Whether a statement failed because a row with that key exists. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: Error & { code?: unknown } = error.driverError;
  if (cause.code === POSTGRES_UNIQUE_VIOLATION) return true;
  // The driver gives no extended code, so only the text tells UNIQUE from NOT NULL and FOREIGN KEY.
  return cause.code === 'SQLITE_CONSTRAINT' && cause.message.includes('UNIQUE constraint failed');
}
