import { QueryFailedError } from 'typeorm';

const POSTGRES_FOREIGN_KEY_VIOLATION = '23503';

/** Whether a statement failed because the row that it refers to is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code, message }: Error & { code?: unknown } = error.driverError;
  if (code === POSTGRES_FOREIGN_KEY_VIOLATION) return true;
  return code === 'SQLITE_CONSTRAINT' && message.includes('FOREIGN KEY');
}
