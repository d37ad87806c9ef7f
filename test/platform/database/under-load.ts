import type { DataSource } from 'typeorm';
import { User } from '../../../src/users/user.entity.js';
import { userRow } from './user-row.js';

const USERS = 200;

/** What went wrong: acknowledged writes that are gone, rolled back ones that stayed, operations refused. */
export interface Damage {
  lost: number;
  escaped: number;
  refused: number;
}

/** 200 operations at once: plain updates, transactions, and transactions that fail half-way, a third each. */
export async function underLoad(dataSource: DataSource): Promise<Damage> {
  const users = dataSource.getRepository(User);
  await users.insert(Array.from({ length: USERS }, (_, n) => userRow(n)));
  const outcomes = await Promise.allSettled(
    Array.from({ length: USERS }, (_, n) => operations[n % 3]?.(dataSource, `user-${n}`)),
  );
  const stored = new Map((await users.find()).map((user) => [user.id, user.authEpoch]));
  const damage: Damage = { lost: 0, escaped: 0, refused: 0 };
  outcomes.forEach((outcome, n) => {
    const epoch = stored.get(`user-${n}`);
    const shouldFail = n % 3 === 2;
    if (shouldFail && epoch !== 0) damage.escaped++;
    if (shouldFail) return;
    if (outcome.status === 'rejected') damage.refused++;
    else if (epoch !== (n % 3 === 1 ? 2 : 1)) damage.lost++;
  });
  return damage;
}

const operations: ((dataSource: DataSource, id: string) => Promise<void>)[] = [
  async (dataSource, id) => {
    await dataSource.getRepository(User).update({ id }, { authEpoch: 1 });
  },
  (dataSource, id) =>
    dataSource.transaction(async (manager) => {
      await manager.increment(User, { id }, 'authEpoch', 1);
      await manager.increment(User, { id }, 'authEpoch', 1);
    }),
  (dataSource, id) =>
    dataSource.transaction(async (manager) => {
      await manager.update(User, { id }, { authEpoch: 1 });
      await manager.count(User);
      throw new Error('half-way');
    }),
];
