import { domainToASCII } from 'node:url';
import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';

const INDEX = 'uq_users_verified_email_key';

export class VerifyEmails1794000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('users', [
      new TableColumn({
        name: 'verified_email_key',
        type: 'varchar',
        length: '512',
        isNullable: true,
      }),
      new TableColumn({ name: 'pending_email', type: 'varchar', length: '254', isNullable: true }),
    ]);
    await countAsVerified(runner);
    await runner.createIndex(
      'users',
      new TableIndex({ name: INDEX, columnNames: ['verified_email_key'], isUnique: true }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('users', INDEX);
    await runner.dropColumns('users', ['verified_email_key', 'pending_email']);
  }
}

/**
 * Until now only operators made accounts, and what they wrote counts. Of several accounts with one
 * address the oldest has it. In TypeScript, as SQLite's LOWER() knows ASCII alone.
 */
async function countAsVerified(runner: QueryRunner): Promise<void> {
  const accounts = (await runner.query(
    'SELECT id, email FROM users WHERE email IS NOT NULL ORDER BY id',
  )) as { id: string; email: string }[];
  const taken = new Set<string>();
  for (const { id, email } of accounts) {
    const at = email.lastIndexOf('@');
    const local = email.slice(0, at).normalize('NFC').toLowerCase();
    const key = `${local}@${domainToASCII(email.slice(at + 1))}`;
    if (taken.has(key)) continue;
    taken.add(key);
    // As SQL, since a query builder would read today's entity.
    await runner.query('UPDATE users SET verified_email_key = $1 WHERE id = $2', [key, id]);
  }
}
