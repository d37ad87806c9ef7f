import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateUsers1794000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'users',
        columns: [
          {
            name: 'id',
            type: 'varchar',
            length: '36',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_users',
          },
          { name: 'username', type: 'varchar', length: '64' },
          { name: 'username_key', type: 'varchar', length: '192' },
          { name: 'email', type: 'varchar', length: '254', isNullable: true },
          { name: 'full_name', type: 'varchar', length: '200', isNullable: true },
          { name: 'role', type: 'varchar', length: '16' },
          { name: 'disabled', type: 'boolean' },
          { name: 'password_hash', type: 'varchar', length: '255' },
          { name: 'auth_epoch', type: 'integer' },
          { name: 'created_at', type: 'bigint' },
          { name: 'updated_at', type: 'bigint' },
        ],
        indices: [{ name: 'uq_users_username_key', columnNames: ['username_key'], isUnique: true }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('users');
  }
}
