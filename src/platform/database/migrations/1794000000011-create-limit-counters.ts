import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** rate-limiter-flexible names no column when it inserts, so their order counts. */
export class CreateLimitCounters1794000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'limit_counters',
        columns: [
          {
            name: 'key',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_limit_counters',
          },
          { name: 'points', type: 'integer' },
          { name: 'expire', type: 'bigint' },
        ],
        indices: [{ name: 'ix_limit_counters_expire', columnNames: ['expire'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('limit_counters');
  }
}
