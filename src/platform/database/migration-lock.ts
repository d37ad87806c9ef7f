import type { DataSource, QueryRunner } from 'typeorm';

/** Any constant pair, the same in every release: advisory locks are shared by all programs of one database. */
const POSTGRES_LOCK = '1212238924, 1';

/**
 * Runs migrations while no other process can: each reads the list of pending ones before it
 * begins, so two that start together would both create the first table.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const lock = dataSource.options.type === 'sqlite' ? lockSqlite : lockPostgres;
  try {
    return await lock(runner, () => work(runner));
  } finally {
    await runner.release();
  }
}

async function lockPostgres<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  await runner.query('SET statement_timeout = 0'); // the wait, and a large table, may take long
  await runner.query(`SELECT pg_advisory_lock(${POSTGRES_LOCK})`);
  try {
    return await work();
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${POSTGRES_LOCK})`);
    await runner.query('RESET statement_timeout');
  }
}

/** On SQLite the lock is the transaction itself, which begins before the list is read. */
async function lockSqlite<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  // To change a table is to build it anew: with foreign keys on, dropping the old one would delete its children.
  // The pragma does nothing inside a transaction, so it goes around.
  await runner.beforeMigration();
  try {
    return await runner.manager.transaction(async () => {
      const before = await rowsWritten(runner);
      const result = await work();
      // It reads whole tables, so not at every boot; a migration writes at least the row that records it.
      if ((await rowsWritten(runner)) !== before) await refuseOrphans(runner);
      return result;
    });
  } finally {
    await runner.afterMigration();
  }
}

async function rowsWritten(runner: QueryRunner): Promise<number> {
  const [row]: { rows: number }[] = await runner.query('SELECT total_changes() AS rows');
  return row?.rows ?? 0;
}

async function refuseOrphans(runner: QueryRunner): Promise<void> {
  const orphans: { table: string }[] = await runner.query('PRAGMA foreign_key_check');
  if (orphans.length === 0) return;
  const tables = [...new Set(orphans.map(({ table }) => table))].join(', ');
  throw new Error(`The migration leaves rows without their parent in: ${tables}`);
}
