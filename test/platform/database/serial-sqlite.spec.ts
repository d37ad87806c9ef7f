import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import type { SqliteDriver } from 'typeorm/driver/sqlite/SqliteDriver.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import type { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { serialise } from '../../../src/platform/database/serial-sqlite.js';
import { DatabaseBusyError, StatementLock } from '../../../src/platform/database/statement-lock.js';
import { isUniqueViolation } from '../../../src/platform/database/unique-violation.js';
import { User } from '../../../src/users/user.entity.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { underLoad } from './under-load.js';
import { userRow } from './user-row.js';

/** PostgreSQL gives every transaction a connection of its own, so there is nothing to serialise. */
describe.runIf(!onPostgres)('SQLite under concurrent requests', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
  });

  afterEach(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.drop();
  });

  describe('200 operations at once, a third of them transactions that fail half-way', () => {
    it('keeps every acknowledged write, and nothing of what was rolled back', async () => {
      expect(await underLoad(dataSource)).toEqual({ lost: 0, escaped: 0, refused: 0 });
    });

    it('goes wrong on a plain TypeORM data source, so this test can fail', async () => {
      await dataSource.destroy();
      const plain = await new DataSource(dataSource.options).initialize();
      const { lost, escaped, refused } = await underLoad(plain);
      await plain.destroy();
      expect(lost + escaped + refused).toBeGreaterThan(0);
    });
  });

  it('makes a read wait for a running transaction, so that it never sees what is rolled back', async () => {
    await dataSource.getRepository(User).insert(userRow(1));
    const entered = signal();
    const finish = signal();
    const transaction = dataSource.transaction(async (manager) => {
      await manager.update(User, { id: 'user-1' }, { authEpoch: 99 });
      entered.send();
      await finish.sent;
      throw new Error('changed my mind');
    });
    await entered.sent;
    const read = dataSource.getRepository(User).findOneByOrFail({ id: 'user-1' });
    finish.send();
    await expect(transaction).rejects.toThrow('changed my mind');
    expect((await read).authEpoch).toBe(0);
  });

  it('begins IMMEDIATE: another process cannot write between the first read and the first write', async () => {
    const other = new DataSource({
      ...dataSource.options,
      busyTimeout: 1,
    } as typeof dataSource.options);
    await other.initialize();
    await dataSource.transaction(async (manager) => {
      await manager.count(User);
      await expect(other.query('BEGIN IMMEDIATE')).rejects.toThrow('SQLITE_BUSY');
    });
    await other.destroy();
  });

  it('rolls a nested transaction back on its own', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.insert(User, userRow(1));
      await expect(
        manager.transaction(async (nested) => {
          await nested.insert(User, userRow(2));
          throw new Error('only the inner one');
        }),
      ).rejects.toThrow('only the inner one');
      await manager.transaction((nested) => nested.insert(User, userRow(3)));
    });
    expect(await ids(dataSource)).toEqual(['user-1', 'user-3']);
  });

  it('lets TypeORM’s own save() and remove() through, which open transactions', async () => {
    const users = dataSource.getRepository(User);
    const saved = await Promise.all([1, 2, 3].map((n) => users.save(users.create(userRow(n)))));
    await users.remove(saved.slice(0, 2));
    expect(await ids(dataSource)).toEqual(['user-3']);
  });

  describe('inside a transaction, a statement through another manager', () => {
    it.each<[string, (outside: DataSource) => Promise<unknown>]>([
      ['a read', (outside) => outside.getRepository(User).count()],
      ['a write', (outside) => outside.getRepository(User).insert(userRow(2))],
      ['another transaction', (outside) => outside.transaction(async () => undefined)],
      ['SQL', (outside) => outside.query('SELECT 1')],
    ])('is refused instead of waiting for itself forever: %s', async (_name, misuse) => {
      const transaction = dataSource.transaction(async (manager) => {
        await manager.insert(User, userRow(1));
        await misuse(dataSource);
      });
      await expect(transaction).rejects.toThrow('must use the manager that the transaction passes');
      expect(await ids(dataSource)).toEqual([]);
    });

    it('is fine once the transaction is over', async () => {
      const later = signal();
      let count: Promise<number> | undefined;
      await dataSource.transaction(async () => {
        count = later.sent.then(() => dataSource.getRepository(User).count());
      });
      later.send();
      expect(await count).toBe(0);
    });

    it('is fine beside it, started in the same breath', async () => {
      await Promise.all([
        dataSource.transaction((manager) => manager.insert(User, userRow(1))),
        dataSource.getRepository(User).insert(userRow(2)),
      ]);
      expect(await ids(dataSource)).toEqual(['user-1', 'user-2']);
    });
  });

  it('stores nothing of a statement left behind by Promise.all when its transaction rolls back', async () => {
    await dataSource.getRepository(User).insert(userRow(1));
    const stragglers: Promise<unknown>[] = [];
    const transaction = dataSource.transaction(async (manager) => {
      const slow = async () => {
        for (let n = 2; n < 40; n++) await manager.insert(User, userRow(n));
      };
      stragglers.push(
        slow(),
        slow().catch(() => undefined),
        manager.insert(User, userRow(50)),
      );
      await Promise.all([manager.insert(User, userRow(1)), ...stragglers]);
    });
    await expect(transaction).rejects.toSatisfy(isUniqueViolation);
    await Promise.allSettled(stragglers);
    expect(await ids(dataSource)).toEqual(['user-1']);
  });

  it('stores nothing of a statement still on its way to SQLite when its transaction rolls back', async () => {
    await dataSource.getRepository(User).insert(userRow(0));
    let next = 1;
    for (let round = 0; round < 200; round++) {
      const transaction = dataSource.transaction((manager) => {
        const others = Array.from({ length: 6 }, () => manager.insert(User, userRow(next++)));
        return Promise.all([manager.insert(User, userRow(0)), ...others]);
      });
      await expect(transaction).rejects.toSatisfy(isUniqueViolation);
    }
    expect(await ids(dataSource)).toEqual(['user-0']);
  });

  describe('when a statement of the transaction itself fails', () => {
    it.each(['BEGIN IMMEDIATE', 'COMMIT'])('%s: the next one gets its turn', async (statement) => {
      const repair = breakStatement(dataSource, statement);
      const insert = (manager: EntityManager) => manager.insert(User, userRow(1));
      await expect(dataSource.transaction(insert)).rejects.toThrow('disk I/O error');
      repair();
      await dataSource.transaction((manager) => manager.insert(User, userRow(2)));
      expect(await ids(dataSource)).toEqual(['user-2']);
    });

    it('BEGIN IMMEDIATE on a runner that nobody releases: the next one gets its turn', async () => {
      const repair = breakStatement(dataSource, 'BEGIN IMMEDIATE');
      const runner = dataSource.createQueryRunner();
      await expect(runner.startTransaction()).rejects.toThrow('disk I/O error');
      repair();
      await dataSource.transaction((manager) => manager.insert(User, userRow(1)));
      expect(await ids(dataSource)).toEqual(['user-1']);
    });

    it('ROLLBACK: nobody writes into the transaction left open', async () => {
      const repair = breakStatement(dataSource, 'ROLLBACK');
      const transaction = dataSource.transaction(async (manager) => {
        await manager.insert(User, userRow(1));
        throw new Error('changed my mind');
      });
      await expect(transaction).rejects.toThrow('changed my mind');
      const write = dataSource.getRepository(User).insert(userRow(2));
      await expect(write).rejects.toThrow('disk I/O error');
      repair();
      await dataSource.getRepository(User).insert(userRow(3));
      expect(await ids(dataSource)).toEqual(['user-3']);
      expect(await afterReopening(dataSource)).toEqual(['user-3']);
    });

    it('a runner released half-way rolls back and lets the next one in', async () => {
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.insert(User, userRow(1));
      await runner.release();
      await expect(runner.query('SELECT 1')).rejects.toThrow('already released');
      await expect(runner.startTransaction()).rejects.toThrow('already released');
      expect(await ids(dataSource)).toEqual([]);
    });
  });

  it('opens a file that another process keeps locked for a while, as when several start together', async () => {
    const url = database.url.replace('hallpass.sqlite', 'other.sqlite');
    const options = createDataSource(url).options as typeof dataSource.options;
    const holder = await new DataSource({
      ...options,
      enableWAL: false,
    } as typeof options).initialize();
    await holder.query('BEGIN EXCLUSIVE');
    await expect(new DataSource(options).initialize()).rejects.toThrow('SQLITE_BUSY');
    const opening = createDataSource(url).initialize();
    await sleep(1_500); // the driver itself waits one second
    await holder.query('COMMIT');
    const opened = await opening;
    await Promise.all([opened.destroy(), holder.destroy()]);
  });

  it('gives up waiting for a transaction that never ends', async () => {
    serialise(dataSource.driver as SqliteDriver, new StatementLock(20));
    const stuck = dataSource.createQueryRunner();
    await stuck.startTransaction();
    await expect(dataSource.getRepository(User).count()).rejects.toThrow(DatabaseBusyError);
    await stuck.rollbackTransaction();
    expect(await dataSource.getRepository(User).count()).toBe(0);
    await stuck.release();
  });
});

function signal(): { sent: Promise<void>; send: () => void } {
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return { sent, send: () => send() };
}

/** @returns how to repair it */
function breakStatement(dataSource: DataSource, statement: string): () => void {
  const connection = (dataSource.driver as SqliteDriver).databaseConnection;
  const original = connection.all;
  connection.all = (sql: string, parameters: unknown, done: (error: Error) => void) => {
    if (sql !== statement) return original.call(connection, sql, parameters, done);
    done(new Error('SQLITE_IOERR: disk I/O error'));
  };
  return () => {
    connection.all = original;
  };
}

async function ids(dataSource: DataSource): Promise<string[]> {
  const users = await dataSource.getRepository(User).find({ order: { id: 'ASC' } });
  return users.map((user) => user.id);
}

async function afterReopening(dataSource: HallpassDataSource): Promise<string[]> {
  await dataSource.destroy();
  await dataSource.initialize();
  return ids(dataSource);
}
