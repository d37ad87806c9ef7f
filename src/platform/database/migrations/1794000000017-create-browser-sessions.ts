import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateBrowserSessions1794000000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'browser_sessions',
        columns: [
          {
            name: 'token_hash',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_browser_sessions',
          },
          { name: 'user_id', type: 'varchar', length: '36' },
          { name: 'auth_epoch', type: 'integer' },
          { name: 'signed_in_at', type: 'bigint' },
          { name: 'last_used_at', type: 'bigint' },
          { name: 'expires_at', type: 'bigint' },
        ],
        foreignKeys: [
          {
            name: 'fk_browser_sessions_user',
            columnNames: ['user_id'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
        indices: [
          {
            name: 'ix_browser_sessions_user_signed_in_at',
            columnNames: ['user_id', 'signed_in_at'],
          },
          { name: 'ix_browser_sessions_expires_at', columnNames: ['expires_at'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('browser_sessions');
  }
}
