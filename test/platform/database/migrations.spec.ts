import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { QueryFailedError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { Task } from '../../../src/examples/tasks/task.entity.js';
import { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { isUniqueViolation } from '../../../src/platform/database/unique-violation.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { userRow } from './user-row.js';

const run = promisify(execFile);

describe('the migrations', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;
  let migrations: number;

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    migrations = dataSource.migrations.length;
    expect(migrations).toBeGreaterThan(0);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('make from nothing the very schema the entities describe', async () => {
    await dataSource.runMigrations();
    expect(await drift(dataSource)).toEqual([]);
  });

  it('go all the way down, leave no table, and come up again', async () => {
    await dataSource.runMigrations();
    await dataSource.getRepository(User).insert(userRow(1));
    for (let n = 0; n < migrations; n++) await dataSource.undoLastMigration();
    expect(await tables(dataSource)).toEqual(['migrations']);
    expect(await dataSource.runMigrations()).toHaveLength(migrations);
    expect(await drift(dataSource)).toEqual([]);
  });

  it('are pending until they ran, and to ask writes nothing', async () => {
    expect(await dataSource.hasPendingMigrations()).toBe(true);
    expect(await tables(dataSource)).toEqual([]);
    await dataSource.runMigrations();
    expect(await dataSource.hasPendingMigrations()).toBe(false);
    await dataSource.undoLastMigration();
    expect(await dataSource.hasPendingMigrations()).toBe(true);
  });

  it('run once each when three connections start together', async () => {
    // SQLite waits inside one of libuv's four threads: more than three in one process would starve the one that works.
    const starting = Array.from({ length: 3 }, () => createDataSource(database.url));
    await Promise.all(starting.map((each) => each.initialize()));
    const done = await Promise.all(starting.map((each) => each.runMigrations()));
    await Promise.all(starting.map((each) => each.destroy()));
    expect(done.map((ran) => ran.length).toSorted()).toEqual([0, 0, migrations]);
    expect(await drift(dataSource)).toEqual([]);
  });

  it('run once each when five processes start together', async () => {
    // Node 20 loads no TypeScript, so the processes run what `npm run build` made.
    const script = `
      const { createDataSource } = await import('./dist/src/data-source.js');
      const dataSource = await createDataSource(process.env.DATABASE_URL).initialize();
      console.log((await dataSource.runMigrations()).length);
      await dataSource.destroy();`;
    const start = () =>
      run(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, DATABASE_URL: database.url },
      });
    const processes = await Promise.all([start(), start(), start(), start(), start()]);
    const done = processes.map(({ stdout }) => Number(stdout)).toSorted();
    expect(done).toEqual([0, 0, 0, 0, migrations]);
  });

  it('leave nothing behind when one fails, and the lock free', async () => {
    const broken = new HallpassDataSource({
      ...dataSource.options,
      migrations: [...listed(dataSource), Broken1899000000000],
    } as typeof dataSource.options);
    await broken.initialize();
    await expect(broken.runMigrations()).rejects.toThrow('broken on purpose');
    await broken.destroy();
    expect(await dataSource.runMigrations()).toHaveLength(migrations);
  });

  describe('once they ran', () => {
    beforeEach(() => dataSource.runMigrations());

    it('a foreign key is enforced', async () => {
      const insert = dataSource.getRepository(Task).insert(taskOf('nobody'));
      await expect(insert).rejects.toThrow(QueryFailedError);
      await expect(insert).rejects.not.toSatisfy(isUniqueViolation);
    });

    it('what belongs to a user goes with the user', async () => {
      await dataSource.getRepository(User).insert([userRow(1), userRow(2)]);
      await dataSource.getRepository(Task).insert([taskOf('user-1'), taskOf('user-2')]);
      await dataSource.getRepository(Session).insert(sessionOf('user-1'));
      await dataSource.getRepository(User).delete({ id: 'user-1' });
      expect(await dataSource.getRepository(Session).count()).toBe(0);
      expect(await dataSource.getRepository(Task).find()).toEqual([taskOf('user-2')]);
    });

    it('a row comes back as it went in, its times as numbers and its password hash not at all', async () => {
      await dataSource.getRepository(User).insert(userRow(1));
      await dataSource.getRepository(Session).insert(sessionOf('user-1'));
      const session = await dataSource.getRepository(Session).findOneOrFail({
        where: { id: 'session-1' },
        relations: { user: true },
      });
      const { passwordHash: _, ...user } = userRow(1);
      expect(session).toEqual({ ...sessionOf('user-1'), user });
      expect(session.user.passwordHash).toBeUndefined();
    });

    it('a key that exists is told apart from every other failure', async () => {
      const users = dataSource.getRepository(User);
      await users.insert(userRow(1));
      const sameKey = users.insert({ ...userRow(2), usernameKey: 'user1' });
      await expect(sameKey).rejects.toSatisfy(isUniqueViolation);
      await expect(users.insert(userRow(1))).rejects.toSatisfy(isUniqueViolation);
      const withoutRole = users.insert({ ...userRow(3), role: null as never });
      await expect(withoutRole).rejects.not.toSatisfy(isUniqueViolation);
      expect(isUniqueViolation(new Error('UNIQUE constraint failed'))).toBe(false);
    });

    it('an undefined key matches nothing and fails', async () => {
      const find = dataSource.getRepository(User).findOneBy({ id: undefined as never });
      await expect(find).rejects.toThrow(/undefined/);
    });

    it('one conditional UPDATE decides a race of twenty', async () => {
      await dataSource.getRepository(User).insert(userRow(1));
      const race = Array.from({ length: 20 }, () =>
        dataSource.getRepository(User).update({ id: 'user-1', authEpoch: 0 }, { authEpoch: 1 }),
      );
      const affected = (await Promise.all(race)).map((result) => result.affected);
      expect(affected.toSorted()).toEqual([...Array<number>(19).fill(0), 1]);
    });

    it.runIf(!onPostgres)('SQLite syncs every commit, in WAL mode, foreign keys on', async () => {
      expect(await dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
      expect(await dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await dataSource.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      expect(await dataSource.query('PRAGMA busy_timeout')).toEqual([{ timeout: 5000 }]);
    });

    it.runIf(!onPostgres)('a migration that orphans rows is refused on SQLite', async () => {
      await dataSource.getRepository(User).insert(userRow(1));
      await dataSource.getRepository(Task).insert(taskOf('user-1'));
      const careless = new HallpassDataSource({
        ...dataSource.options,
        migrations: [...listed(dataSource), Careless1899000000000],
      } as typeof dataSource.options);
      await careless.initialize();
      await expect(careless.runMigrations()).rejects.toThrow('without their parent in: tasks');
      expect(await careless.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      await careless.destroy();
      expect(await dataSource.getRepository(User).count()).toBe(1);
    });

    it.runIf(onPostgres)('PostgreSQL keeps its limit on statements after the lock', async () => {
      const pooled = Array.from({ length: 10 }, () => dataSource.query('SHOW statement_timeout'));
      for (const rows of await Promise.all(pooled)) {
        expect(rows).toEqual([{ statement_timeout: '10s' }]);
      }
      expect(await dataSource.query(ADVISORY_LOCKS)).toEqual([]);
    });
  });
});

/** Of this database alone: the server shows those of every other as well, and other tests migrate theirs. */
const ADVISORY_LOCKS = `SELECT * FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

class Broken1899000000000 implements MigrationInterface {
  async up(): Promise<void> {
    throw new Error('broken on purpose');
  }

  async down(): Promise<void> {}
}

class Careless1899000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM users');
  }

  async down(): Promise<void> {}
}

function listed(dataSource: DataSource): (() => unknown)[] {
  return dataSource.options.migrations as (() => unknown)[];
}

async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

async function tables(dataSource: DataSource): Promise<string[]> {
  const sql = onPostgres
    ? 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()'
    : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  const rows: { name: string }[] = await dataSource.query(sql);
  return rows.map(({ name }) => name);
}

function taskOf(ownerId: string): Omit<Task, 'owner'> {
  return {
    id: `task-of-${ownerId}`,
    ownerId,
    title: 'Buy milk',
    description: '',
    done: true,
    createdAt: 1_800_000_000,
    updatedAt: 4_102_444_800,
  };
}

function sessionOf(userId: string): Omit<Session, 'user' | 'client'> {
  return {
    id: 'session-1',
    userId,
    clientId: 'hallpass',
    scope: 'profile tasks:read',
    authEpoch: 3,
    clientEpoch: 2,
    generation: 2 ** 40,
    rotatedAt: 1_800_000_000_123,
    ip: '::1',
    userAgent: null,
    createdAt: 1_800_000_000,
    lastUsedAt: 1_800_000_001,
    expiresAt: 4_102_444_800,
    revokedAt: null,
    revokedReason: null,
  };
}
