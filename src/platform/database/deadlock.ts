import { QueryFailedError } from 'typeorm';

const POSTGRES_DEADLOCK = '40P01';

/** More than ever follow each other: each time one of the two goes on. */
const MOST_TRIES = 10;

/**
 * Repeats a statement that PostgreSQL gave up so that another could go on: two that write the same keys in
 * another order wait for each other. SQLite writes one at a time, and knows none.
 *
 * @param statement on its own, not in a transaction: that would be lost with it
 */
export async function repeatAfterDeadlock<T>(statement: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement();
    } catch (error) {
      if (tries === MOST_TRIES || !isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: Error & { code?: unknown } = error.driverError;
  return cause.code === POSTGRES_DEADLOCK;
}
