import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { onPostgres } from '../../support/database.js';
import { bearer, call, postForm, signIn } from '../../support/http.js';

const ROUNDS = 30;

describe.runIf(onPostgres)('a PostgreSQL that ends every connection, again and again', () => {
  let service: TestApp;
  let operator: pg.Client;

  beforeAll(async () => {
    service = await startApp();
    operator = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await operator.connect();
  });
  afterAll(async () => {
    await operator.end();
    await service.close();
  });

  async function endAll(): Promise<void> {
    const name = new URL(service.settings.DATABASE_URL).pathname.slice(1);
    const all = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
    await operator.query(all, [name]);
  }

  it('costs answers (503, never 500 or 401), not the process, and is forgotten when it is over', async () => {
    const token = await signIn(service.url);
    const me = () => call(`${service.url}/tasks`, { headers: bearer(token) });
    const form = { username: 'alice', password: 'secret2' };
    const seen = new Set<number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const calls = [me(), me(), me(), postForm(`${service.url}/token`, form)];
      await sleep(round % 5);
      await endAll();
      for (const { status } of await Promise.all(calls)) seen.add(status);
    }
    expect([...seen].toSorted().filter((status) => status !== 503)).toEqual([200]);
    await sleep(100);
    expect((await me()).status).toBe(200);
    expect((await postForm(`${service.url}/token`, form)).status).toBe(200);
  });
});
