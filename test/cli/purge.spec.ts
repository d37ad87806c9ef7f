import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { newId } from '../../src/platform/ids.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { openSession, pairOf, refresh, sessionIdOf, statusOf } from '../support/refresh.js';
import { emptyFolder, hallpass, type Server, startServer, testing } from './processes.js';

const ROWS = 3000;

describe('npm run hallpass -- purge', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let dataSource: DataSource;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  const purge = () => hallpass(['purge'], options);
  const count = async (table: string): Promise<number> => {
    const rows: { n: number }[] = await dataSource.query(`SELECT COUNT(*) AS n FROM ${table}`);
    return Number(rows[0]?.n);
  };
  const signIn = () => openSession(server, { username: 'alice', password: 'secret password' });

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
    server = await startServer(options);
    const create = ['user', 'create', 'alice', '--password-stdin'];
    await hallpass(create, { ...options, input: 'secret password' });
    dataSource = await createDataSource(database.url).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await server.stop();
    await database.drop();
    await folder.remove();
  });

  it('says that there was nothing', async () => {
    expect(await purge()).toEqual({
      code: 0,
      stdout:
        'Deleted what has expired: 0 sessions, 0 authorization codes, 0 browser sessions, 0 revoked tokens, 0 known devices, 0 links, 0 audit entries\n',
      stderr: '',
    });
  });

  it('says how many of each it deleted, and a running server answers on meanwhile', async () => {
    const [gone, kept] = [await signIn(), await signIn()];
    const expire = 'UPDATE sessions SET expires_at = 1 WHERE id = $1';
    await dataSource.query(expire, [sessionIdOf(gone)]);
    const tokens = Array.from({ length: ROWS }, () => `('${newId()}', 1)`);
    await dataSource.query(`INSERT INTO revoked_tokens (jti, expires_at) VALUES ${tokens.join()}`);
    const before = await count('audit_log');

    const purging = purge();
    const state = { running: true };
    void purging.finally(() => (state.running = false));
    let pair = kept;
    while (state.running) pair = pairOf(await refresh(server, pair.refresh));
    expect(await purging).toEqual({
      code: 0,
      stdout: `Deleted what has expired: 1 sessions, 0 authorization codes, 0 browser sessions, ${ROWS} revoked tokens, 0 known devices, 0 links, 0 audit entries\n`,
      stderr: '',
    });
    expect(await count('revoked_tokens')).toBe(0);
    expect(await count('audit_log')).toBe(before);
    expect(await statusOf(server, kept.access)).toBe(200);
  });

  it('says it as JSON', async () => {
    const { code, stdout } = await hallpass(['purge', '--json'], options);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sessions: 0,
      authorization_codes: 0,
      browser_sessions: 0,
      revoked_tokens: 0,
      known_devices: 0,
      account_links: 0,
    });
  });

  it('deletes nothing the second time', async () => {
    expect(await purge()).toMatchObject({
      code: 0,
      stdout:
        'Deleted what has expired: 0 sessions, 0 authorization codes, 0 browser sessions, 0 revoked tokens, 0 known devices, 0 links, 0 audit entries\n',
    });
  });
});
