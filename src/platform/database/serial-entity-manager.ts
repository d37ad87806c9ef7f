import { EntityManager } from 'typeorm';
import { SerialSqliteQueryRunner } from './serial-sqlite.js';

type Isolation = Parameters<EntityManager['transaction']>[0];
type Body<T> = (manager: EntityManager) => Promise<T>;

/** Marks what runs inside a transaction, so that a statement through another manager is refused and does not hang. */
export class SerialEntityManager extends EntityManager {
  override transaction<T>(body: Body<T>): Promise<T>;
  override transaction<T>(isolation: Isolation, body: Body<T>): Promise<T>;
  override transaction<T>(first: Isolation | Body<T>, second?: Body<T>): Promise<T> {
    if (typeof first === 'function') return super.transaction(marked(first));
    if (!second) throw new TypeError('A transaction needs a callback');
    return super.transaction(first, marked(second));
  }
}

function marked<T>(body: Body<T>): Body<T> {
  return (manager) => {
    const runner = manager.queryRunner;
    if (!(runner instanceof SerialSqliteQueryRunner)) return body(manager);
    return runner.lock.within(runner, () => body(manager));
  };
}
