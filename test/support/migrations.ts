import { HallpassDataSource } from '../../src/platform/database/hallpass-data-source.js';

/** Brings a database to where it was before one of the migrations. */
export async function migrateToBefore(dataSource: HallpassDataSource, name: string): Promise<void> {
  const listed = dataSource.options.migrations as (() => unknown)[];
  const before = new HallpassDataSource({
    ...dataSource.options,
    migrations: listed.slice(0, indexOf(dataSource, name)),
  } as typeof dataSource.options);
  await before.initialize();
  await before.runMigrations();
  await before.destroy();
}

/** Undoes a migration and all that came after it. */
export async function undoToBefore(dataSource: HallpassDataSource, name: string): Promise<void> {
  const count = dataSource.migrations.length;
  for (let n = indexOf(dataSource, name); n < count; n++) await dataSource.undoLastMigration();
}

function indexOf({ migrations }: HallpassDataSource, name: string): number {
  return migrations.map((each) => each.name ?? each.constructor.name).indexOf(name);
}
