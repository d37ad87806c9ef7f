import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The public client of the docs page. Its redirect URIs stay empty here, as they follow PUBLIC_URL. */
export class CreateDocsClient1794000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DOCS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM clients WHERE id = 'hallpass-docs'");
  }
}

/** As SQL, since a query builder would read today's entity. */
const DOCS = `INSERT INTO clients (
  id, name, confidential, first_party, grants, scopes, redirect_uris, post_logout_redirect_uris,
  secret_hashes, disabled, epoch, created_at, updated_at
) VALUES (
  'hallpass-docs', 'Hallpass docs', FALSE, TRUE, 'authorization_code refresh_token', '*', '', '',
  '', FALSE, 0, 1794000000, 1794000000
)`;
