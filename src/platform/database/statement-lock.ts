import { AsyncLocalStorage } from 'node:async_hooks';
import { E_TIMEOUT, Mutex, withTimeout } from 'async-mutex';

const LONGEST_WAIT_MS = 30_000;

/** Who may hold the lock for longer than one statement. */
export interface LockHolder {
  readonly holdsLock: boolean;
}

/** Another statement kept the one connection for so long that waiting on is pointless; a retry may succeed. */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError';
  /** The driver's own word for it, so that it is answered as the driver's error is. */
  readonly code = 'SQLITE_BUSY';
}

/** Lets one statement, or one transaction for its whole length, use the one connection at a time. */
export class StatementLock {
  /** Set when a rollback failed, so that nobody knows whether the connection is still in a transaction. */
  suspect = false;

  private readonly mutex;
  private readonly inside = new AsyncLocalStorage<LockHolder>();
  private bodies = 0;

  /** @param longestWait milliseconds */
  constructor(longestWait = LONGEST_WAIT_MS) {
    this.mutex = withTimeout(new Mutex(), longestWait);
  }

  /** Runs the body of a transaction, so that a statement issued there by anyone else is told apart. */
  async within<T>(holder: LockHolder, body: () => Promise<T>): Promise<T> {
    this.bodies += 1;
    try {
      return await this.inside.run(holder, body);
    } finally {
      this.bodies -= 1;
      // Node 20 pays for a storage in use at every promise of the process, those of the guarded routes too.
      if (this.bodies === 0) this.inside.disable();
    }
  }

  /**
   * Waits for its turn, in order of arrival.
   *
   * @returns how to let go; more than one call is harmless
   * @throws {Error} inside another holder's transaction, which would wait for itself forever
   * @throws {DatabaseBusyError} after 30 seconds
   */
  async acquire(holder: LockHolder): Promise<() => void> {
    const outer = this.inside.getStore();
    if (outer?.holdsLock && outer !== holder) {
      throw new Error(
        'A statement inside a transaction must use the manager that the transaction passes to its callback',
      );
    }
    try {
      return await this.mutex.acquire();
    } catch (error) {
      if (error !== E_TIMEOUT) throw error;
      throw new DatabaseBusyError('Waited too long for another statement to finish');
    }
  }
}
