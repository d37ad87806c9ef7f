import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateAuthorizationCodes1794000000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'authorization_codes',
        columns: [
          {
            name: 'code_hash',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_authorization_codes',
          },
          { name: 'client_id', type: 'varchar', length: '64' },
          { name: 'client_epoch', type: 'integer' },
          { name: 'user_id', type: 'varchar', length: '36' },
          { name: 'auth_epoch', type: 'integer' },
          { name: 'redirect_uri', type: 'text' },
          { name: 'redirect_uri_sent', type: 'boolean' },
          { name: 'code_challenge', type: 'varchar', length: '43' },
          { name: 'scope', type: 'text' },
          { name: 'nonce', type: 'text', isNullable: true },
          { name: 'auth_time', type: 'bigint' },
          { name: 'session_id', type: 'varchar', length: '36' },
          { name: 'created_at', type: 'bigint' },
          { name: 'expires_at', type: 'bigint' },
          { name: 'used_at', type: 'bigint', isNullable: true },
          { name: 'replayed_at', type: 'bigint', isNullable: true },
        ],
        indices: [
          { name: 'ix_authorization_codes_expires_at', columnNames: ['expires_at'] },
          { name: 'ix_authorization_codes_user_client', columnNames: ['user_id', 'client_id'] },
        ],
        foreignKeys: [
          {
            name: 'fk_authorization_codes_user',
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
    await runner.dropTable('authorization_codes');
  }
}
