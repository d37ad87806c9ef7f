import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

/** What ACCESS_TOKEN_TTL_SECONDS may be at most: nothing says what was in force when a key of before signed. */
const LONGEST_TTL_SECONDS = 3600;

export class RotateSigningKeys1794000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('signing_keys', [
      new TableColumn({ name: 'signs_from', type: 'bigint', isNullable: true }),
      new TableColumn({ name: 'longest_ttl_seconds', type: 'integer', isNullable: true }),
      new TableColumn({ name: 'revoked_at', type: 'bigint', isNullable: true }),
    ]);
    await runner.query(
      `UPDATE signing_keys SET signs_from = created_at, longest_ttl_seconds = ${LONGEST_TTL_SECONDS}`,
    );
    await setNullable(runner, { signs_from: false, longest_ttl_seconds: false });
    await setNullable(runner, { encrypted_private_key: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    // Their private part is gone, so they cannot be what the older schema calls a key.
    await runner.query('DELETE FROM signing_keys WHERE encrypted_private_key IS NULL');
    await setNullable(runner, { encrypted_private_key: false });
    await runner.dropColumns('signing_keys', ['signs_from', 'longest_ttl_seconds', 'revoked_at']);
  }
}

async function setNullable(
  runner: QueryRunner,
  columns: Readonly<Record<string, boolean>>,
): Promise<void> {
  const table = (await runner.getTable('signing_keys')) as Table;
  const changes = Object.entries(columns).map(([name, isNullable]) => {
    const oldColumn = table.findColumnByName(name) as TableColumn;
    const newColumn = oldColumn.clone();
    newColumn.isNullable = isNullable;
    return { oldColumn, newColumn };
  });
  await runner.changeColumns(table, changes);
}
