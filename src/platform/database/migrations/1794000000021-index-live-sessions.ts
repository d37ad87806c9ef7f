import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each sign-in looks for the oldest that live, and must not read all those that ended before. */
export class IndexLiveSessions1794000000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX ix_sessions_live ON sessions (user_id, client_id, created_at, id) WHERE revoked_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_sessions_live');
  }
}
