import type { DataSource } from 'typeorm';
import { GroupCommit } from './group-commit.js';

const groups = new WeakMap<DataSource, GroupCommit>();

/**
 * Runs a write of ours as it is written, where TypeORM would put it together anew each time.
 *
 * @param sql with `$1`, `$2` … in the order of `parameters`, which both databases take
 * @returns how many rows it changed
 */
export async function affectedRows(
  dataSource: DataSource,
  sql: string,
  parameters: readonly unknown[],
): Promise<number> {
  if (dataSource.options.type === 'sqlite') return groupOf(dataSource).run(sql, parameters);
  const runner = dataSource.createQueryRunner();
  try {
    const { affected } = await runner.query(sql, [...parameters], true);
    return affected ?? 0;
  } finally {
    await runner.release();
  }
}

function groupOf(dataSource: DataSource): GroupCommit {
  const known = groups.get(dataSource) ?? new GroupCommit(dataSource);
  groups.set(dataSource, known);
  return known;
}
