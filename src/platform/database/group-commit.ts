import type { DataSource, QueryRunner } from 'typeorm';

/** As many as one transaction holds: everybody else waits for its end. */
const MOST_AT_ONCE = 64;

interface Write {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly done: (affected: number) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Commits together what arrives while a commit is on its way to the disk. A commit waits for the disk
 * once, however much is in it, and on SQLite it keeps everybody waiting (docs/adr/0014). Each is
 * answered when it is on the disk, as if it were alone.
 */
export class GroupCommit {
  private waiting: Write[] = [];
  private busy = false;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param sql one statement, whose own condition decides what it changes
   * @returns how many rows it changed
   */
  run(sql: string, parameters: readonly unknown[]): Promise<number> {
    return new Promise((done, failed) => {
      this.waiting.push({ sql, parameters, done, failed });
      if (!this.busy) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MOST_AT_ONCE);
      await this.write(group).catch((error: unknown) => {
        for (const { failed } of group) failed(error); // which those that were answered do not hear
      });
    }
    this.busy = false;
  }

  private async write(group: readonly Write[]): Promise<void> {
    if (!(await this.writeTogether(group))) await this.writeOneByOne(group);
  }

  /** @returns false when there is nothing to do together, or one of them failed and so none was written */
  private async writeTogether(group: readonly Write[]): Promise<boolean> {
    if (group.length === 1) return false;
    const runner = this.dataSource.createQueryRunner();
    let begun = false;
    try {
      await runner.startTransaction();
      begun = true;
      const affected: number[] = [];
      for (const write of group) affected.push(await execute(runner, write));
      await runner.commitTransaction();
      group.forEach(({ done }, index) => done(affected[index] as number));
      return true;
    } catch (error) {
      if (!begun) throw error; // each by itself would wait as long once more
      return false; // each then fails, or not, for itself
    } finally {
      await runner.release(); // which rolls back what has not been committed
    }
  }

  private async writeOneByOne(group: readonly Write[]): Promise<void> {
    for (const write of group) {
      const runner = this.dataSource.createQueryRunner();
      await execute(runner, write).then(write.done, write.failed);
      await runner.release();
    }
  }
}

async function execute(runner: QueryRunner, { sql, parameters }: Write): Promise<number> {
  const { affected } = await runner.query(sql, [...parameters], true);
  return affected ?? 0;
}
