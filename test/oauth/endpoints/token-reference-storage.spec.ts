import { getRepositoryToken } from '@nestjs/typeorm';
import sqlite3 from 'sqlite3';
import { DataSource, type Repository } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { RevokedToken } from '../../../src/tokens/revoked-token.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, type TestClient } from '../../support/clients.js';
import { type Cuttable, cuttable } from '../../support/cut.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import type { Answer } from '../../support/http.js';
import {
  type Grant,
  introspect,
  machineToken,
  refresh,
  revoke,
  secretRoute,
  signInFully,
} from '../../support/tokens.js';

/** Longer than what was read of the database is remembered. */
const FORGOTTEN_MS = 1100;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Never a false 200: not "revoked", and not `{"active": false}` either. RFC 7009 §2.2.1. */
function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({
    status: 503,
    body: { error: 'temporarily_unavailable', detail: 'The database does not answer' },
  });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

describe('while the database does not answer', () => {
  let database: ThrowAwayDatabase;
  let service: TestApp;
  let machine: TestClient;
  let user: Grant;
  let token: string;

  beforeEach(async () => {
    machine = await addClient(service, { scopes: ['tokens:introspect'] });
    user = await signInFully(service.url);
    token = await machineToken(service.url, machine);
  });

  async function expectNothingEnded(): Promise<void> {
    expect(await secretRoute(service.url, user.access_token)).toBe(200);
    expect(await secretRoute(service.url, token)).toBe(200);
    expect((await refresh(service.url, user.refresh_token)).status).toBe(200);
  }

  describe.runIf(onPostgres)('as its server is out of reach', () => {
    let wire: Cuttable;

    beforeAll(async () => {
      database = await throwAwayDatabase();
      const dataSource = await createDataSource(database.url).initialize();
      await dataSource.runMigrations();
      await dataSource.destroy();
      wire = await cuttable(database.url);
      service = await startApp({ database: { ...database, url: wire.url } });
    });
    afterAll(async () => {
      await service.close();
      await wire.cut();
      await database.drop();
    });

    it('/revoke and /introspect answer 503 for every kind of token, and work when it is back', async () => {
      await wire.cut();
      await sleep(FORGOTTEN_MS);
      try {
        for (const one of [user.access_token, user.refresh_token]) {
          expectUnavailable(await revoke(service.url, one));
          expectUnavailable(await introspect(service.url, one, machine));
        }
        expectUnavailable(await revoke(service.url, token, machine));
        expectUnavailable(await introspect(service.url, token, machine));
        expectUnavailable(await revoke(service.url, 'no-such-token')); // whose, nobody knows
        expect(await secretRoute(service.url, token)).toBe(503);
      } finally {
        await wire.mend();
      }
      await expect.poll(() => secretRoute(service.url, token), { timeout: 5000 }).toBe(200);
      await expectNothingEnded();
      expect((await revoke(service.url, token, machine)).status).toBe(200);
      expect(await secretRoute(service.url, token)).toBe(401);
    });
  });

  describe.runIf(!onPostgres)('as another process holds the lock on its file', () => {
    let locker: sqlite3.Database;
    const run = (sql: string) =>
      new Promise<void>((resolve, reject) =>
        locker.run(sql, (error) => (error ? reject(error) : resolve())),
      );

    beforeAll(async () => {
      database = await throwAwayDatabase();
      service = await startApp({ database });
      locker = new sqlite3.Database(service.settings.DATABASE_URL.replace('sqlite:', ''));
    });
    afterAll(async () => {
      await new Promise((resolve) => locker.close(resolve));
      await service.close();
      await database.drop();
    });

    it('/revoke answers 503, what it would have ended lives, and it works when it is back', async () => {
      await run('BEGIN IMMEDIATE');
      try {
        expectUnavailable(await revoke(service.url, token, machine));
        expectUnavailable(await revoke(service.url, user.refresh_token));
      } finally {
        await run('ROLLBACK');
      }
      await expectNothingEnded();
      expect((await revoke(service.url, user.refresh_token)).status).toBe(200);
      expect(await secretRoute(service.url, user.access_token)).toBe(401);
    });
  });

  describe('in the middle of a request', () => {
    const repository = <E extends object>(entity: new () => E) =>
      service.app.get<Repository<E>>(getRepositoryToken(entity));
    const busy = () => Promise.reject(Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' }));
    /** Whoever makes the statement. */
    const refuse = (statement: RegExp) => {
      const dataSource = service.app.get(DataSource);
      const create = dataSource.createQueryRunner.bind(dataSource);
      vi.spyOn(dataSource, 'createQueryRunner').mockImplementation((mode) => {
        const runner = create(mode);
        const query = runner.query.bind(runner);
        const refusing: typeof query = (sql: string, ...rest: unknown[]) =>
          statement.test(sql) ? busy() : query(sql, ...(rest as [unknown[]]));
        return Object.assign(runner, { query: refusing });
      });
    };

    beforeAll(async () => {
      service = await startApp();
    });
    afterEach(() => vi.restoreAllMocks());
    afterAll(() => service.close());

    it('a session that cannot be read is 503, not an inactive one', async () => {
      vi.spyOn(repository(Session), 'query').mockImplementation(busy);
      expectUnavailable(await introspect(service.url, user.access_token, machine));
      expectUnavailable(await introspect(service.url, user.refresh_token, machine));
      expectUnavailable(await revoke(service.url, user.access_token));
      vi.restoreAllMocks();
      await expectNothingEnded();
    });

    it('a session that cannot be ended is 503, not revoked', async () => {
      refuse(/^UPDATE "?sessions\b/);
      expectUnavailable(await revoke(service.url, user.access_token));
      expectUnavailable(await revoke(service.url, user.refresh_token));
      vi.restoreAllMocks();
      await expectNothingEnded();
    });

    it('a list of revoked tokens that cannot be read is 503, not an active token', async () => {
      vi.spyOn(repository(RevokedToken), 'existsBy').mockImplementation(busy);
      expectUnavailable(await introspect(service.url, token, machine));
      expect(await secretRoute(service.url, token)).toBe(503);
    });

    it('a list of revoked tokens that cannot be written is 503, not revoked', async () => {
      vi.spyOn(repository(RevokedToken), 'insert').mockImplementation(busy);
      expectUnavailable(await revoke(service.url, token, machine));
      vi.restoreAllMocks();
      await expectNothingEnded();
    });
  });
});

describe('after a restart on the same database', () => {
  const env = { PUBLIC_URL: 'http://localhost:3000' };
  let database: ThrowAwayDatabase;
  beforeAll(async () => {
    database = await throwAwayDatabase();
  });
  afterAll(() => database.drop());

  it('what was revoked stays so, and the rest lives', async () => {
    const first = await startApp({ database, env });
    const machine = await addClient(first, { scopes: ['tokens:introspect'] });
    const gone = await machineToken(first.url, machine);
    const kept = await machineToken(first.url, machine);
    const [ended, live] = [await signInFully(first.url), await signInFully(first.url)];
    expect((await revoke(first.url, gone, machine)).status).toBe(200);
    expect((await revoke(first.url, ended.refresh_token)).status).toBe(200);
    await first.close();

    const second = await startApp({ database, env });
    try {
      for (const token of [gone, ended.access_token]) {
        expect(await secretRoute(second.url, token)).toBe(401);
        expect((await introspect(second.url, token, machine)).text).toBe('{"active":false}');
      }
      expect((await refresh(second.url, ended.refresh_token)).status).toBe(400);
      for (const token of [kept, live.access_token]) {
        expect(await secretRoute(second.url, token)).toBe(200);
        expect((await introspect(second.url, token, machine)).body.active).toBe(true);
      }
      expect((await refresh(second.url, live.refresh_token)).status).toBe(200);
    } finally {
      await second.close();
    }
  });
});
