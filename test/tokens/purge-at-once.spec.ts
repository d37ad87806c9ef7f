import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { onPostgres } from '../support/database.js';
import { purgeOf } from '../support/purge.js';
import { openSession, pairOf, refresh, rowOf, sessionIdOf } from '../support/refresh.js';

describe.runIf(onPostgres)('Purge, while another writes the very row', () => {
  let service: TestApp;
  let other: pg.Client;

  beforeAll(async () => {
    service = await startApp();
    other = new pg.Client({ connectionString: service.settings.DATABASE_URL });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await service.close();
  });

  /** Not asked of the other connection, whose transaction sees the same activity until it ends. */
  const waiting = () =>
    service.app.get(DataSource).query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE%'`,
    );

  it('keeps a session that was refreshed in that moment', async () => {
    const pair = await openSession(service);
    const { expiresAt } = await rowOf(service, pair);
    const expire = 'UPDATE sessions SET expires_at = $2 WHERE id = $1';
    await other.query(expire, [sessionIdOf(pair), service.clock.now()]);
    await other.query('BEGIN');
    await other.query(expire, [sessionIdOf(pair), expiresAt]);
    const purging = purgeOf(service).run();
    await expect.poll(waiting).toHaveLength(1);
    await other.query('COMMIT');
    expect((await purging).sessions).toBe(0);
    pairOf(await refresh(service, pair.refresh));
  });
});
