import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateClients1794000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'clients',
        columns: [
          {
            name: 'id',
            type: 'varchar',
            length: '64',
            isPrimary: true,
            primaryKeyConstraintName: 'pk_clients',
          },
          { name: 'name', type: 'varchar', length: '200' },
          { name: 'confidential', type: 'boolean' },
          { name: 'first_party', type: 'boolean' },
          { name: 'grants', type: 'text' },
          { name: 'scopes', type: 'text' },
          { name: 'redirect_uris', type: 'text' },
          { name: 'post_logout_redirect_uris', type: 'text' },
          { name: 'secret_hashes', type: 'text' },
          { name: 'disabled', type: 'boolean' },
          { name: 'epoch', type: 'integer' },
          { name: 'created_at', type: 'bigint' },
          { name: 'updated_at', type: 'bigint' },
        ],
      }),
    );
    await runner.query(BUILT_IN);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('clients');
  }
}

/**
 * The public client of whoever names none: from now on a row like any other. As SQL, since a query
 * builder would read today's entity.
 */
const BUILT_IN = `INSERT INTO clients (
  id, name, confidential, first_party, grants, scopes, redirect_uris, post_logout_redirect_uris,
  secret_hashes, disabled, epoch, created_at, updated_at
) VALUES (
  'hallpass', 'Hallpass', FALSE, TRUE, 'password refresh_token', '*', '', '',
  '', FALSE, 0, 1794000000, 1794000000
)`;
