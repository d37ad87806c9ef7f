import { QueryFailedError } from 'typeorm';

const POSTGRES_UNIQUE_VIOLATION = '23505';

/**
 * Whether a statement failed because a row with that key exists.
 *
 * @param column which key, where a table has several; the name of its index must hold it
 */
export function isUniqueViolation(error: unknown, column = ''): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: Error & { code?: unknown; constraint?: unknown } = error.driverError;
  if (cause.code === POSTGRES_UNIQUE_VIOLATION) return String(cause.constraint).includes(column);
  // The driver gives no extended code, so only the text tells UNIQUE from NOT NULL and FOREIGN KEY.
  const { code, message } = cause;
  return code === 'SQLITE_CONSTRAINT' && message.includes('UNIQUE') && message.includes(column);
}
