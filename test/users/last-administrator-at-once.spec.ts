import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { onPostgres } from '../support/database.js';
import { somebody } from '../support/people.js';

/** SQLite writes one statement at a time, so there the statement's own condition decides. */
describe.runIf(onPostgres)('the last two administrators, while the other is just leaving', () => {
  let service: TestApp;
  let other: pg.Client;

  beforeEach(async () => {
    service = await startApp();
    other = new pg.Client({ connectionString: service.settings.DATABASE_URL });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await service.close();
  });

  const waiting = () =>
    service.app
      .get(DataSource)
      .query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );

  it.each([
    [
      'deleted',
      (users: UsersService, user: { id: string; authEpoch: number }) => users.delete(user),
    ],
    [
      'disabled',
      (users: UsersService, { id }: { id: string }) => users.change({ id }, { disabled: true }),
    ],
    [
      'demoted',
      (users: UsersService, { id }: { id: string }) => users.change({ id }, { role: 'user' }),
    ],
  ])('are not both %s', async (_what, act) => {
    const second = await somebody(service, { role: 'admin' });
    await other.query('BEGIN');
    await other.query('DELETE FROM users WHERE id = $1', [service.people.johndoe.id]);
    const outcome = Promise.resolve(act(service.app.get(UsersService), second)).catch(
      (error: unknown) => error,
    );
    await expect.poll(waiting).toHaveLength(1);
    await other.query('COMMIT');
    expect(await outcome).toMatchObject({
      message: expect.stringMatching(/last active/) as string,
    });
    const left = await other.query("SELECT 1 FROM users WHERE role = 'admin' AND NOT disabled");
    expect(left.rowCount).toBe(1);
  });
});
