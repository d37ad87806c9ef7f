import type { ObjectLiteral, Repository } from 'typeorm';
import { affectedRows } from './affected-rows.js';

/** What the columns of an entity hold; not what it is related to. */
export type Row<T> = {
  readonly [K in keyof T as T[K] extends string | number | boolean | null ? K : never]: T[K];
};

/**
 * An INSERT of one whole row, whose text is put together once: TypeORM does that anew at each call. What comes
 * at the same time is committed together on SQLite (group-commit.ts).
 */
export class PreparedInsert<T extends ObjectLiteral> {
  private sql: string | undefined;

  constructor(private readonly rows: Repository<T>) {}

  /** @throws {QueryFailedError} when a key is there already, or a row that it refers to is not */
  async run(row: Row<T>): Promise<void> {
    const { connection } = this.rows.manager;
    const values = this.rows.metadata.columns.map((column) =>
      connection.driver.preparePersistentValue((row as ObjectLiteral)[column.propertyName], column),
    );
    this.sql ??= this.text();
    await affectedRows(connection, this.sql, values);
  }

  private text(): string {
    const { tablePath, columns } = this.rows.metadata;
    const { driver } = this.rows.manager.connection;
    const names = columns.map(({ databaseName }) => driver.escape(databaseName));
    const places = columns.map((_column, index) => `$${index + 1}`);
    return `INSERT INTO ${driver.escape(tablePath)} (${names.join(', ')}) VALUES (${places.join(', ')})`;
  }
}
