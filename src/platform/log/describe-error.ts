import { QueryFailedError } from 'typeorm';

export interface DescribedError {
  type: string;
  message: string;
  stack?: string | undefined;
}

/**
 * What of an error may be logged. A failed query carries its parameters and the driver's words may
 * quote a value, so of that only the statement and the driver's code are kept.
 */
export function describeError(error: unknown): DescribedError {
  if (error instanceof QueryFailedError) {
    const { code, message } = error.driverError as { code?: unknown; message?: unknown };
    // SQLite's general error is about the statement itself ("no such table"), whose values are bound.
    const cause = code === 'SQLITE_ERROR' ? message : code;
    return { type: 'QueryFailedError', message: `${String(cause ?? 'no code')} in ${error.query}` };
  }
  if (error instanceof Error) {
    return { type: error.name, message: error.message, stack: error.stack };
  }
  return { type: typeof error, message: 'something that is no Error was thrown' };
}
