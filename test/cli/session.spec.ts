import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashClientSecret } from '../../src/clients/client-secret.js';
import { createDataSource } from '../../src/data-source.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bearer, call, postForm } from '../support/http.js';
import {
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  refresh,
  sessionIdOf,
  statusOf,
} from '../support/refresh.js';
import { emptyFolder, hallpass, json, type Server, startServer, testing } from './processes.js';

/** What design D4 promises for a change made by another process. */
const PROMISED_MS = 1000;
const PASSWORD = 'correct horse battery';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const MACHINE = { id: 'reporter', secret: 'hp_cs_test-only' };

describe('npm run hallpass -- session', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let dataSource: DataSource;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  const session = (...args: string[]) => hallpass(['session', ...args], options);
  const withPassword = (...args: string[]) =>
    hallpass(['user', ...args, '--password-stdin'], { ...options, input: PASSWORD });
  const signIn = (username: string, userAgent = 'curl/8.5.0') =>
    openSession(server, { username, password: PASSWORD }, { 'user-agent': userAgent });
  const listed = async (...args: string[]) =>
    json<{ id: string }[]>(await session('list', '--json', ...args));

  /** Both were good a moment ago; the server has a second to hear of the end. */
  async function expectEnded({ access, refresh: token }: Pair): Promise<void> {
    expect(await statusOf(server, access)).toBe(401);
    expect(await refresh(server, token)).toMatchObject(INVALID_REFRESH_TOKEN);
  }
  async function reasonOf(pair: Pair): Promise<string | null> {
    const sql = 'SELECT revoked_reason AS reason FROM sessions WHERE id = $1';
    const rows: { reason: string | null }[] = await dataSource.query(sql, [sessionIdOf(pair)]);
    return rows[0]?.reason ?? null;
  }
  async function lastLine(): Promise<object | undefined> {
    const sql = 'SELECT event, actor, subject, reason FROM audit_log ORDER BY id DESC LIMIT 1';
    const rows: object[] = await dataSource.query(sql);
    return rows[0];
  }

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
    server = await startServer(options);
    await withPassword('create', 'alice');
    await withPassword('create', 'bob');
    dataSource = await createDataSource(database.url).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await server.stop();
    await database.drop();
    await folder.remove();
  });

  it('lists nothing where nobody is signed in', async () => {
    const nobody = { code: 0, stdout: 'There are no live sessions\n', stderr: '' };
    expect(await session('list')).toEqual(nobody);
    expect(await session('list', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('lists the live ones, the newest first, as a table and as JSON, and of one user', async () => {
    const alice = await signIn('alice', FIREFOX);
    const bob = await signIn('bob');
    const { code, stdout, stderr } = await session('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header?.split(/ {2,}/)).toEqual([
      'ID',
      'USER',
      'CLIENT',
      'DEVICE',
      'CREATED',
      'LAST USED',
      'EXPIRES',
    ]);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      [sessionIdOf(bob), 'bob', 'hallpass', 'curl', time, time, time],
      [sessionIdOf(alice), 'alice', 'hallpass', 'Firefox on Linux', time, time, time],
    ]);
    const isoTime = expect.stringMatching(/^\d{4}-\S+\.000Z$/) as string;
    expect(await listed('--user', 'ALICE')).toEqual([
      {
        id: sessionIdOf(alice),
        user_id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
        username: 'alice',
        client_id: 'hallpass',
        scope: expect.stringContaining('tasks:read') as string,
        device: 'Firefox on Linux',
        ip: '127.0.0.1',
        created_at: isoTime,
        last_used_at: isoTime,
        expires_at: isoTime,
      },
    ]);
  });

  it('shows nothing of a session that would steer the terminal', async () => {
    await signIn('bob', 'evil\u009b31m (X11; Linux)');
    const { stdout } = await session('list');
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('ends one within a second, and no other', async () => {
    const gone = await signIn('alice');
    const other = await signIn('alice');
    const id = sessionIdOf(gone);
    expect(await statusOf(server, gone.access)).toBe(200); // so that the server remembers
    expect(await session('end', id)).toEqual({
      code: 0,
      stdout: `The session ${id} has ended\n`,
      stderr: '',
    });
    expect(await refresh(server, gone.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    await sleep(PROMISED_MS);
    await expectEnded(gone);
    expect(await statusOf(server, other.access)).toBe(200);
    expect(await reasonOf(gone)).toBe('ended_by_operator');
    expect(await lastLine()).toEqual({
      event: 'session.ended',
      actor: 'operator',
      subject: `session:${id}`,
      reason: 'ended_by_operator',
    });
    const ids = (await listed()).map((one) => one.id);
    expect(ids).not.toContain(id);
    expect(ids).toContain(sessionIdOf(other));
    const again = { code: 1, stdout: '', stderr: `There is no live session ${id}\n` };
    expect(await session('end', id)).toEqual(again);
  });

  it('ends those of a user within a second, and of nobody else', async () => {
    const [first, second, bob] = [
      await signIn('alice'),
      await signIn('alice'),
      await signIn('bob'),
    ];
    for (const { access } of [first, second]) expect(await statusOf(server, access)).toBe(200);
    expect(await session('end', '--user', 'Alice')).toEqual({
      code: 0,
      stdout: 'Every session of alice has ended\n',
      stderr: '',
    });
    await sleep(PROMISED_MS);
    for (const pair of [first, second]) {
      await expectEnded(pair);
      expect(await reasonOf(pair)).toBe('ended_by_operator');
    }
    expect(await statusOf(server, bob.access)).toBe(200);
    expect(await listed('--user', 'alice')).toEqual([]);
    expect(await statusOf(server, (await signIn('alice')).access)).toBe(200);
  });

  it('ends everyone’s within a second, and the tokens of machines', async () => {
    await addMachine();
    const people = [await signIn('alice'), await signIn('bob')];
    for (const { access } of people) expect(await statusOf(server, access)).toBe(200);
    const machine = await machineToken();
    expect(await machineStatus(machine)).toBe(403); // it is known, on a route for people
    expect(await session('end', '--all')).toEqual({
      code: 0,
      stdout: 'Every session and every token has ended\n',
      stderr: '',
    });
    await sleep(PROMISED_MS);
    for (const pair of people) {
      await expectEnded(pair);
      expect(await reasonOf(pair)).toBe('ended_by_operator');
    }
    expect(await machineStatus(machine)).toBe(401);
    expect(await lastLine()).toMatchObject({ actor: 'operator', subject: 'everyone' });
    expect(await listed()).toEqual([]);
    expect(await statusOf(server, (await signIn('alice')).access)).toBe(200);
    expect(await machineStatus(await machineToken())).toBe(403);
  });

  it.each([
    ['disable', 'user_disabled', () => hallpass(['user', 'disable', 'bob'], options)],
    ['password', 'password_changed', () => withPassword('password', 'bob')],
  ])('user %s writes %s into the sessions that it ends', async (_command, reason, command) => {
    await hallpass(['user', 'enable', 'bob'], options);
    const pair = await signIn('bob');
    expect(await command()).toMatchObject({ code: 0, stderr: '' });
    expect(await reasonOf(pair)).toBe(reason);
    expect(await lastLine()).toMatchObject({ event: 'sessions.ended', actor: 'operator', reason });
    await sleep(PROMISED_MS);
    await expectEnded(pair);
    await hallpass(['user', 'enable', 'bob'], options);
  });

  it.each([
    ['list', ['list', '--user', 'nobody'], 'There is no user nobody\n'],
    ['end --user', ['end', '--user', 'nobody'], 'There is no user nobody\n'],
    ['end', ['end', 'nope'], 'There is no live session nope\n'],
  ])('%s refuses what is not there', async (_command, args, stderr) => {
    expect(await session(...args)).toEqual({ code: 1, stdout: '', stderr });
  });

  /** A client with a secret; there is no command for it here, so it is written as SQL. */
  async function addMachine(): Promise<void> {
    await dataSource.query(
      `INSERT INTO clients (id, name, confidential, first_party, grants, scopes, redirect_uris,
         post_logout_redirect_uris, secret_hashes, disabled, epoch, created_at, updated_at)
       VALUES ($1, 'Reporter', TRUE, FALSE, 'client_credentials', 'users:read', '', '', $2, FALSE, 0, 0, 0)`,
      [MACHINE.id, hashClientSecret(MACHINE.secret)],
    );
  }
  async function machineToken(): Promise<string> {
    const credentials = { client_id: MACHINE.id, client_secret: MACHINE.secret };
    const form = { grant_type: 'client_credentials', ...credentials };
    return (await postForm(`${server.url}/token`, form)).body.access_token as string;
  }
  async function machineStatus(token: string): Promise<number> {
    return (await call(`${server.url}/users/me`, { headers: bearer(token) })).status;
  }
});
