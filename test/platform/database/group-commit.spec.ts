import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { affectedRows } from '../../../src/platform/database/affected-rows.js';
import type { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { SerialSqliteQueryRunner } from '../../../src/platform/database/serial-sqlite.js';
import { User } from '../../../src/users/user.entity.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { userRow } from './user-row.js';

const NEXT = 'UPDATE users SET auth_epoch = $1 WHERE id = $2 AND auth_epoch = $3';
const TAKE_NAME = "UPDATE users SET username_key = 'user1' WHERE id = $1";

describe('updates that come at once', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  const next = (id: string, from = 0) => affectedRows(dataSource, NEXT, [from + 1, id, from]);
  const epochOf = async (source: HallpassDataSource, id: string) =>
    (await source.getRepository(User).findOneByOrFail({ id })).authEpoch;
  const people = Array.from({ length: 40 }, (_, n) => userRow(n + 1));

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    await dataSource.getRepository(User).insert(people);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await dataSource.destroy();
    await database.drop();
  });

  it('change each its own row, in few commits on SQLite', async () => {
    const said = vi.spyOn(SerialSqliteQueryRunner.prototype, 'query');
    const affected = await Promise.all(people.map(({ id }) => next(id)));
    expect(affected).toEqual(people.map(() => 1));
    const rows = await dataSource.getRepository(User).find();
    expect(rows.map(({ authEpoch }) => authEpoch)).toEqual(people.map(() => 1));
    const commits = said.mock.calls.filter(([sql]) => sql === 'COMMIT');
    expect(commits).toHaveLength(onPostgres ? 0 : 1); // the first goes alone, the others wait for it
  });

  it('let one win where all want the same', async () => {
    const affected = await Promise.all(people.map(() => next('user-1')));
    expect(affected.toSorted()).toEqual([...Array<number>(39).fill(0), 1]);
    expect(await epochOf(dataSource, 'user-1')).toBe(1);
  });

  it('fail alone', async () => {
    const wrong = affectedRows(dataSource, TAKE_NAME, ['user-2']);
    const others = people.map(({ id }) => next(id));
    await expect(wrong).rejects.toThrow(/unique/i);
    expect(await Promise.all(others)).toEqual(people.map(() => 1));
    const late = [
      next('user-3', 1),
      affectedRows(dataSource, TAKE_NAME, ['user-4']),
      next('user-5', 1),
    ];
    const outcomes = await Promise.allSettled(late);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await epochOf(dataSource, 'user-5')).toBe(2);
  });

  it('fail and leave the next alone when there is no connection to be had', async () => {
    const broken = vi.spyOn(dataSource, 'createQueryRunner').mockImplementation(() => {
      throw new Error('no connection');
    });
    const failing = await Promise.allSettled([next('user-1'), next('user-2'), next('user-3')]);
    expect(failing.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    broken.mockRestore();
    expect(await next('user-1')).toBe(1);
  });

  it('are answered when another process can read them, and not before', async () => {
    const other = await createDataSource(database.url).initialize();
    await Promise.all(
      people.map(async ({ id }) => {
        await next(id);
        expect(await epochOf(other, id)).toBe(1);
      }),
    );
    await other.destroy();
  });

  it('take their turn with a transaction that is open', async () => {
    const order: string[] = [];
    const transaction = dataSource.transaction(async (manager) => {
      await manager.update(User, { id: 'user-1' }, { fullName: 'In a transaction' });
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('transaction');
    });
    const updates = ['user-2', 'user-3', 'user-4'].map(async (id) => {
      await next(id);
      if (!onPostgres) order.push(id); // PostgreSQL keeps nobody waiting
    });
    await Promise.all([transaction, ...updates]);
    expect(order).toEqual(
      onPostgres ? ['transaction'] : ['transaction', 'user-2', 'user-3', 'user-4'],
    );
  });
});
