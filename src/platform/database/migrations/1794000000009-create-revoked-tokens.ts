import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateRevokedTokens1794000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'revoked_tokens',
        columns: [
          {
            name: 'jti',
            type: 'varchar',
            length: '36',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_revoked_tokens',
          },
          { name: 'expires_at', type: 'bigint' },
        ],
        indices: [{ name: 'ix_revoked_tokens_expires_at', columnNames: ['expires_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('revoked_tokens');
  }
}
