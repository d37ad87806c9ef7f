import { setTimeout as sleep } from 'node:timers/promises';
import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  type Migration,
  MigrationExecutor,
  type QueryRunner,
} from 'typeorm';
import { SqliteDriver } from 'typeorm/driver/sqlite/SqliteDriver.js';
import { withMigrationLock } from './migration-lock.js';
import { SerialEntityManager } from './serial-entity-manager.js';
import { serialise } from './serial-sqlite.js';

const LONGEST_WAIT_TO_OPEN_MS = 10_000;

type MigrationOptions = NonNullable<Parameters<DataSource['runMigrations']>[0]>;

/** TypeORM's data source, with statements in turn on SQLite and migrations one process at a time. */
export class HallpassDataSource extends DataSource {
  constructor(options: DataSourceOptions) {
    super(options);
    if (this.driver instanceof SqliteDriver) serialise(this.driver);
  }

  override async initialize(): Promise<this> {
    if (!(this.driver instanceof SqliteDriver)) return super.initialize();
    await this.open();
    // In order of arrival: SQLite's threads might otherwise run a ROLLBACK before a statement issued earlier.
    this.driver.databaseConnection.serialize();
    await this.query('PRAGMA synchronous = FULL'); // an acknowledged write survives a power cut
    return this;
  }

  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new SerialEntityManager(this, queryRunner);
  }

  /** @param options `transaction` counts on PostgreSQL only; on SQLite all migrations are one transaction */
  override async runMigrations(options: MigrationOptions = {}): Promise<Migration[]> {
    return withMigrationLock(this, (runner) =>
      this.executor(runner, options).executePendingMigrations(),
    );
  }

  /** @param options `transaction` counts on PostgreSQL only */
  override async undoLastMigration(options: MigrationOptions = {}): Promise<void> {
    await withMigrationLock(this, (runner) => this.executor(runner, options).undoLastMigration());
  }

  /** Whether the schema is behind the code; only reads. */
  async hasPendingMigrations(): Promise<boolean> {
    const pending = await new MigrationExecutor(this).getPendingMigrations();
    return pending.length > 0;
  }

  /** What this version would run, and what a newer one has run; only reads. */
  async compareMigrations(): Promise<{ pending: string[]; unknown: string[] }> {
    const executor = new MigrationExecutor(this);
    const [pending, executed] = [
      await executor.getPendingMigrations(),
      await executor.getExecutedMigrations(),
    ];
    const known = new Set(this.migrations.map((each) => each.name ?? each.constructor.name));
    return {
      pending: pending.map(({ name }) => name),
      unknown: executed.map(({ name }) => name).filter((name) => !known.has(name)),
    };
  }

  private executor(runner: QueryRunner, options: MigrationOptions): MigrationExecutor {
    const executor = new MigrationExecutor(this, runner);
    const { transaction = this.options.migrationsTransactionMode ?? 'all', fake = false } = options;
    executor.transaction = this.options.type === 'sqlite' ? 'all' : transaction;
    executor.fake = fake;
    return executor;
  }

  /** The driver turns WAL on before it sets its busy timeout: of several processes starting together, one may be refused. */
  private async open(): Promise<void> {
    const deadline = performance.now() + LONGEST_WAIT_TO_OPEN_MS;
    for (;;) {
      try {
        await super.initialize();
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        await sleep(10 + Math.random() * 40);
      }
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.includes('SQLITE_BUSY');
}
