import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { bearer, call, postForm, sendJson, signIn } from '../support/http.js';
import {
  INVALID_REFRESH_TOKEN,
  openSession,
  pairOf,
  refresh,
  statusOf,
} from '../support/refresh.js';
import { emptyFolder, hallpass, type Server, startServer, testing } from './processes.js';

const PASSWORD = 'a garden in the rain';

describe('npm run hallpass -- backup', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  const at = (...path: string[]) => join(folder.path, ...path);
  const backup = (...args: string[]) => hallpass(['backup', ...args], options);
  async function rowsOf<T>(file: string, sql: string): Promise<T[]> {
    const dataSource = await createDataSource(`sqlite:${at(file)}`).initialize();
    const rows: T[] = await dataSource.query(sql);
    await dataSource.destroy();
    return rows;
  }

  beforeAll(async () => {
    folder = await emptyFolder();
    options = { cwd: folder.path, env: testing };
    server = await startServer(options);
    const create = ['user', 'create', 'alice', '--email', 'alice@example.com', '--password-stdin'];
    await hallpass(create, { ...options, input: PASSWORD });
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  it('copies the database while the server writes, whole, for its owner alone', async () => {
    const copying = backup('whole.sqlite');
    const state = { running: true };
    void copying.finally(() => (state.running = false));
    let pair = await openSession(server, { username: 'alice', password: PASSWORD });
    while (state.running) pair = pairOf(await refresh(server, pair.refresh));
    const { size, mode } = await stat(at('whole.sqlite'));
    expect(await copying).toEqual({
      code: 0,
      stdout: `Copied the database to whole.sqlite (${size} bytes). It does not hold AUTH_SECRET: keep that elsewhere\n`,
      stderr: '',
    });
    expect(mode & 0o777).toBe(0o600);
    expect(await rowsOf('whole.sqlite', 'PRAGMA integrity_check')).toEqual([
      { integrity_check: 'ok' },
    ]);
    expect(
      await rowsOf('whole.sqlite', 'SELECT username FROM users WHERE role = $1'),
    ).toBeDefined();
    const named = (await readdir(folder.path)).filter((name) => name.startsWith('whole.sqlite'));
    expect(named).toEqual(['whole.sqlite']); // nothing is left beside it
    expect(await statusOf(server, pair.access)).toBe(200);
  });

  it('is in the audit log, in the name of the operator', async () => {
    const sql = `SELECT event, actor, subject, result FROM audit_log WHERE event = 'backup.created'`;
    expect(await rowsOf('data/hallpass.sqlite', sql)).toEqual([
      { event: 'backup.created', actor: 'operator', subject: 'everyone', result: 'success' },
    ]);
  });

  it('says it as JSON', async () => {
    const { stdout } = await backup('json.sqlite', '--json');
    const { size } = await stat(at('json.sqlite'));
    expect(JSON.parse(stdout)).toEqual({ file: 'json.sqlite', bytes: size, audited: true });
  });

  it('overwrites nothing', async () => {
    await writeFile(at('taken'), 'mine');
    expect(await backup('taken')).toEqual({
      code: 1,
      stdout: '',
      stderr: `${at('taken')} is there already, and is not overwritten\n`,
    });
    expect(await readFile(at('taken'), 'utf8')).toBe('mine');
  });

  it('of two at once under one name makes one', async () => {
    const both = await Promise.all([backup('race.sqlite'), backup('race.sqlite')]);
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    expect(await rowsOf('race.sqlite', 'PRAGMA integrity_check')).toEqual([
      { integrity_check: 'ok' },
    ]);
  });

  it('leaves nothing of a copy that failed', async () => {
    const { code, stderr } = await backup('no/such/folder.sqlite');
    expect(code).toBe(1);
    expect(stderr).toContain('ENOENT');

    await mkdir(at('damaged/data'), { recursive: true });
    const bytes = await readFile(at('whole.sqlite'));
    await writeFile(at('damaged/data/hallpass.sqlite'), bytes.fill(0xa5, 3 * 4096, 12 * 4096));
    const failed = await hallpass(['backup', 'copy.sqlite'], { ...options, cwd: at('damaged') });
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(await readdir(at('damaged'))).toEqual(['data']);
  });

  it('refuses where there is no file to copy, and makes none', async () => {
    await mkdir(at('empty'));
    expect(await hallpass(['backup', 'copy.sqlite'], { ...options, cwd: at('empty') })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no database data/hallpass.sqlite yet\n',
    });
    expect(await readdir(at('empty'))).toEqual([]);
    const memory = await hallpass(['backup', 'copy.sqlite'], {
      ...options,
      env: { ...testing, DATABASE_URL: 'sqlite::memory:' },
    });
    expect(memory).toMatchObject({ code: 1, stdout: '' });
    expect(memory.stderr).toContain('in memory');
  });

  it('names pg_dump on PostgreSQL, which need not even run', async () => {
    const DATABASE_URL = 'postgres://hallpass:hunter2@127.0.0.1:1/hallpass';
    const { code, stdout, stderr } = await hallpass(['backup', 'copy.sqlite'], {
      ...options,
      env: { ...testing, DATABASE_URL },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('pg_dump --format=custom');
    expect(stderr).not.toContain('hunter2');
  });

  it('copies the database of an older version as it is, and migrates neither', async () => {
    await mkdir(at('older/data'), { recursive: true });
    await copyFile(at('whole.sqlite'), at('older/data/hallpass.sqlite'));
    const count = 'SELECT COUNT(*) AS n FROM migrations';
    const dataSource = await createDataSource(
      `sqlite:${at('older/data/hallpass.sqlite')}`,
    ).initialize();
    await dataSource.query('DROP TABLE audit_log');
    await dataSource.query('DELETE FROM migrations WHERE id = (SELECT MAX(id) FROM migrations)');
    const [before] = await dataSource.query(count);
    await dataSource.destroy();
    const { code, stdout } = await hallpass(['backup', 'copy.sqlite'], {
      ...options,
      cwd: at('older'),
    });
    expect(code).toBe(0);
    expect(stdout).toContain('The audit log does not say so');
    expect(await rowsOf('older/copy.sqlite', count)).toEqual([before]);
    expect(await rowsOf('older/data/hallpass.sqlite', count)).toEqual([before]);
  });
});

describe('a backup that was restored', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  const command = (...args: string[]) => hallpass(args, options);
  const machineStatus = async (token: string) =>
    (await call(`${server.url}/users/me`, { headers: bearer(token) })).status;

  beforeAll(async () => {
    folder = await emptyFolder();
    options = { cwd: folder.path, env: testing };
    server = await startServer(options);
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  it('has no token, link or session of before that is still good, once `session end --all` has run', async () => {
    const create = ['user', 'create', 'alice', '--email', 'alice@example.com', '--password-stdin'];
    await hallpass(create, { ...options, input: PASSWORD });
    const register = ['client', 'create', 'Reporter', '--confidential', '--json'];
    const rights = ['--grant', 'client_credentials', '--scope', 'users:read'];
    const made = await command(...register, ...rights);
    const { id, secret } = JSON.parse(made.stdout) as { id: string; secret: string };
    const machine = async () => {
      const credentials = { client_id: id, client_secret: secret };
      const form = { grant_type: 'client_credentials', ...credentials };
      return (await postForm(`${server.url}/token`, form)).body.access_token as string;
    };
    const person = await openSession(server, { username: 'alice', password: PASSWORD });
    const machines = [await machine()];
    await sendJson(`${server.url}/password-reset`, 'POST', { username_or_email: 'alice' });
    await server.stop(); // the mail is written by then
    const [mail = ''] = await readdir(join(folder.path, 'data/outbox'));
    const text = await readFile(join(folder.path, 'data/outbox', mail), 'utf8');
    const link = /\?token=([\w-]+)/.exec(text)?.[1];
    server = await startServer(options);

    expect(await command('backup', 'copy.sqlite')).toMatchObject({ code: 0 });
    // What the backup knows nothing of: another epoch of the client, and a token of it.
    expect(await command('client', 'disable', id)).toMatchObject({ code: 0 });
    expect(await command('client', 'enable', id)).toMatchObject({ code: 0 });
    machines.push(await machine());
    expect(await machineStatus(machines[1] as string)).toBe(403); // known, on a route for people
    const after = await openSession(server, { username: 'alice', password: PASSWORD });
    await server.stop();

    await rm(join(folder.path, 'data/hallpass.sqlite'));
    await copyFile(join(folder.path, 'copy.sqlite'), join(folder.path, 'data/hallpass.sqlite'));
    expect(await command('session', 'end', '--all')).toMatchObject({ code: 0 });
    server = await startServer(options);

    for (const token of machines) expect(await machineStatus(token)).toBe(401);
    for (const pair of [person, after]) {
      expect(await statusOf(server, pair.access)).toBe(401);
      expect(await refresh(server, pair.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    }
    const reset = { token: link, new_password: 'another garden' };
    const confirmed = await sendJson(`${server.url}/password-reset/confirm`, 'POST', reset);
    expect(confirmed.status).toBe(400);

    const fresh = await signIn(server.url, 'alice', PASSWORD);
    expect(await statusOf(server, fresh)).toBe(200);
    expect(await machineStatus(await machine())).toBe(403);
  });
});
