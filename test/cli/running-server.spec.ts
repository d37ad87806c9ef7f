import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bearer, call, postForm, signIn } from '../support/http.js';
import { emptyFolder, hallpass, type Server, startServer, testing } from './processes.js';

/** What design D4 promises for a change made by another process. */
const PROMISED_MS = 1000;

describe('a command while the server runs', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  const user = (args: string[], input = '') => hallpass(['user', ...args], { ...options, input });
  const me = (token: string) => call(`${server.url}/users/me`, { headers: bearer(token) });
  const attempt = async (password: string) =>
    (await postForm(`${server.url}/token`, { username: 'alice', password })).status;

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
    server = await startServer(options);
    await user(['create', 'alice', '--password-stdin'], 'first password');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await folder.remove();
  });

  it('creates an account that can sign in at once', async () => {
    expect((await me(await signIn(server.url, 'alice', 'first password'))).status).toBe(200);
  });

  it('ends access within a second when it disables, and gives no session back when it enables', async () => {
    const token = await signIn(server.url, 'alice', 'first password');
    expect((await me(token)).status).toBe(200); // so that the server remembers
    expect((await user(['disable', 'alice'])).code).toBe(0);
    expect(await attempt('first password')).toBe(401);
    await sleep(PROMISED_MS);
    expect(await me(token)).toMatchObject({ status: 401, body: { detail: 'Inactive user' } });

    expect((await user(['enable', 'alice'])).code).toBe(0);
    await sleep(PROMISED_MS);
    expect((await me(token)).status).toBe(401);
    expect(await attempt('first password')).toBe(200);
  });

  it('ends every session within a second when it sets a password', async () => {
    const token = await signIn(server.url, 'alice', 'first password');
    expect((await me(token)).status).toBe(200);
    const set = await user(['password', 'alice', '--password-stdin'], 'second password\n');
    expect(set).toMatchObject({ code: 0, stderr: '' });
    await sleep(PROMISED_MS);
    expect((await me(token)).status).toBe(401);
    expect(await attempt('first password')).toBe(401);
    expect(await attempt('second password')).toBe(200);
  });
});
