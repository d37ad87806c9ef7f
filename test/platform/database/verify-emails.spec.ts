import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import type { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { User } from '../../../src/users/user.entity.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { migrateToBefore, undoToBefore } from '../../support/migrations.js';
import { userRow } from './user-row.js';

const SUBJECT = 'VerifyEmails1794000000012';

describe('the migration that makes e-mail addresses unique once they are proved', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  const drift = async () => (await dataSource.driver.createSchemaBuilder().log()).upQueries;

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('counts what operators wrote as proved, of one address for two the older account’s', async () => {
    await migrateToBefore(dataSource, SUBJECT);
    const emails = ['Ärzte@Example.com', null, 'two@example.com', 'TWO@example.com'];
    for (const [n, email] of emails.entries()) await insertOfBefore(n, email);
    await dataSource.query(
      `INSERT INTO tasks (id, owner_id, title, description, done, created_at, updated_at)
       VALUES ('task-1', 'user-0', 'Mine', '', FALSE, 1, 1)`,
    );
    await dataSource.runMigrations();
    expect(await drift()).toEqual([]);
    const users = await dataSource.getRepository(User).find({ order: { id: 'ASC' } });
    expect(users.map(({ email, verifiedEmailKey }) => [email, verifiedEmailKey])).toEqual([
      ['Ärzte@Example.com', 'ärzte@example.com'],
      [null, null],
      ['two@example.com', 'two@example.com'],
      ['TWO@example.com', null],
    ]);
    expect(users.map(({ pendingEmail }) => pendingEmail)).toEqual([null, null, null, null]);
    expect(await dataSource.query('SELECT id FROM tasks')).toEqual([{ id: 'task-1' }]);
  });

  it('goes down and up again, and takes no account with it', async () => {
    await dataSource.runMigrations();
    await dataSource.getRepository(User).insert({ ...userRow(1), email: 'one@example.com' });
    await undoToBefore(dataSource, SUBJECT);
    await dataSource.runMigrations();
    expect(await drift()).toEqual([]);
    const [user] = await dataSource.getRepository(User).find();
    expect(user).toMatchObject({ email: 'one@example.com', verifiedEmailKey: 'one@example.com' });
  });

  async function insertOfBefore(n: number, email: string | null): Promise<void> {
    const { username, usernameKey } = userRow(n);
    await dataSource.query(
      `INSERT INTO users (id, username, username_key, email, role, disabled, password_hash,
         auth_epoch, created_at, updated_at)
       VALUES ('user-${n}', '${username}', '${usernameKey}', $1, 'user', FALSE, 'none', 0, 1, 1)`,
      [email],
    );
  }
});
