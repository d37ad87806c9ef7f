import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const OLD = new TableIndex({ name: 'ix_audit_log_user', columnNames: ['user_id', 'id'] });
const NEW = [
  new TableIndex({ name: 'ix_audit_log_at', columnNames: ['at', 'id'] }),
  new TableIndex({ name: 'ix_audit_log_user_at', columnNames: ['user_id', 'at', 'id'] }),
  new TableIndex({ name: 'ix_audit_log_actor_at', columnNames: ['actor', 'at', 'id'] }),
  new TableIndex({ name: 'ix_audit_log_event_at', columnNames: ['event', 'at', 'id'] }),
  new TableIndex({ name: 'ix_audit_log_result_at', columnNames: ['result', 'at', 'id'] }),
];

/** An index for each thing the log is searched by, in the order in which it is read: time, then id. */
export class FindInAuditLog1794000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndices('audit_log', NEW);
    await runner.dropIndex('audit_log', OLD);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createIndex('audit_log', OLD);
    for (const index of NEW) await runner.dropIndex('audit_log', index);
  }
}
