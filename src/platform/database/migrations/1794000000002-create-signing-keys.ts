import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateSigningKeys1794000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'signing_keys',
        columns: [
          {
            name: 'kid',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_signing_keys',
          },
          { name: 'algorithm', type: 'varchar', length: '8' },
          { name: 'generation', type: 'integer' },
          { name: 'public_jwk', type: 'text' },
          { name: 'encrypted_private_key', type: 'text' },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [
          {
            name: 'uq_signing_keys_algorithm_generation',
            columnNames: ['algorithm', 'generation'],
            isUnique: true,
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('signing_keys');
  }
}
