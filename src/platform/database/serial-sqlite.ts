import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { SqliteDriver } from 'typeorm/driver/sqlite/SqliteDriver.js';
import { SqliteQueryRunner } from 'typeorm/driver/sqlite/SqliteQueryRunner.js';
import { type LockHolder, StatementLock } from './statement-lock.js';

type Isolation = Parameters<SqliteQueryRunner['startTransaction']>[0];
type QueryReply = ReturnType<SqliteQueryRunner['query']>;

/**
 * Gives each caller a query runner of its own that waits for its turn on the driver's one connection.
 *
 * TypeORM hands the same runner to everyone, so one request's rollback would undo
 * what another was already told is stored.
 */
export function serialise(driver: SqliteDriver, lock = new StatementLock()): void {
  driver.createQueryRunner = () => new SerialSqliteQueryRunner(driver, lock);
}

/** A query runner that holds the lock for each statement, and from BEGIN to the end of a transaction. */
export class SerialSqliteQueryRunner extends SqliteQueryRunner implements LockHolder {
  private unlock: (() => void) | undefined;
  private ending = false;

  constructor(
    driver: SqliteDriver,
    readonly lock: StatementLock,
  ) {
    super(driver);
  }

  get holdsLock(): boolean {
    return this.unlock !== undefined;
  }

  override async query(sql: string, parameters?: unknown[], structured?: boolean): QueryReply {
    if (this.unlock) {
      this.refuseStragglers(sql);
      return super.query(immediate(sql), parameters, structured);
    }
    const unlock = await this.takeTurn();
    try {
      return await super.query(sql, parameters, structured);
    } finally {
      unlock();
    }
  }

  override async startTransaction(isolation?: Isolation): Promise<void> {
    if (this.unlock) return super.startTransaction(isolation); // a savepoint
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    this.unlock = await this.takeTurn();
    try {
      await super.startTransaction(isolation);
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  override async commitTransaction(): Promise<void> {
    if (!this.unlock || this.transactionDepth > 1) return super.commitTransaction();
    await this.end(() => super.commitTransaction());
  }

  override async rollbackTransaction(): Promise<void> {
    if (!this.unlock || this.transactionDepth > 1) return super.rollbackTransaction();
    await this.end(() => super.rollbackTransaction());
  }

  override async release(): Promise<void> {
    if (this.unlock) await this.abandon();
    this.isReleased = true;
    await super.release();
  }

  /** `Promise.all` leaves statements behind when one fails: after the rollback they would be stored on their own. */
  private refuseStragglers(sql: string): void {
    if (!this.ending || sql === 'COMMIT' || sql === 'ROLLBACK') return;
    throw new Error('The transaction of this statement is already ending');
  }

  private async takeTurn(): Promise<() => void> {
    const unlock = await this.lock.acquire(this);
    try {
      await this.clearSuspicion();
      return unlock;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  private async end(statement: () => Promise<void>): Promise<void> {
    this.ending = true;
    try {
      await statement();
    } catch (error) {
      await this.abandon();
      throw error;
    }
    this.letGo();
  }

  /** Rolls back whatever a failed BEGIN, COMMIT or ROLLBACK may have left open. */
  private async abandon(): Promise<void> {
    this.ending = true;
    this.lock.suspect = true;
    await this.clearSuspicion().catch(() => undefined); // whoever is next tries again before its own statement
    this.letGo();
  }

  private async clearSuspicion(): Promise<void> {
    if (!this.lock.suspect) return;
    try {
      await super.query('ROLLBACK');
    } catch (error) {
      if (!isNoTransaction(error)) throw error;
    }
    this.lock.suspect = false;
  }

  private letGo(): void {
    const unlock = this.unlock;
    this.unlock = undefined;
    this.ending = false;
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    unlock?.();
  }
}

/** A deferred transaction fails half-way when another process wrote after its first read; this one waits at its start. */
function immediate(sql: string): string {
  return sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
}

function isNoTransaction(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no transaction is active');
}
