import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateAuditLog1794000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'audit_log',
        columns: [
          {
            name: 'id',
            type: 'varchar',
            length: '36',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_audit_log',
          },
          { name: 'at', type: 'bigint' },
          { name: 'event', type: 'varchar', length: '64' },
          { name: 'result', type: 'varchar', length: '16' },
          { name: 'reason', type: 'varchar', length: '64', isNullable: true },
          { name: 'actor', type: 'varchar', length: '80' },
          { name: 'subject', type: 'varchar', length: '80' },
          { name: 'user_id', type: 'varchar', length: '36', isNullable: true },
          { name: 'ip', type: 'varchar', length: '45', isNullable: true },
          { name: 'request_id', type: 'varchar', length: '36', isNullable: true },
        ],
        indices: [{ name: 'ix_audit_log_user', columnNames: ['user_id', 'id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_log');
  }
}
