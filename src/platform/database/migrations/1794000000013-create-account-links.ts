import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateAccountLinks1794000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'account_links',
        columns: [
          {
            name: 'token_hash',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_account_links',
          },
          { name: 'user_id', type: 'varchar', length: '36' },
          { name: 'purpose', type: 'varchar', length: '32' },
          { name: 'email', type: 'varchar', length: '254' },
          { name: 'auth_epoch', type: 'integer' },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [
          { name: 'ix_account_links_user', columnNames: ['user_id'] },
          { name: 'ix_account_links_expires_at', columnNames: ['expires_at'] },
        ],
        foreignKeys: [
          {
            name: 'fk_account_links_user',
            columnNames: ['user_id'],
            referencedTableName: 'users',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('account_links');
  }
}
