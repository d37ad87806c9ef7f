import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { newId } from '../../src/platform/ids.js';
import { hashPassword } from '../../src/users/password-hash.js';
import { User } from '../../src/users/user.entity.js';
import { usernameKey } from '../../src/users/username.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { call, bearer, postForm, sendJson, signIn } from '../support/http.js';
import {
  emptyFolder,
  hallpass,
  hasTerminal,
  type Server,
  startOnTerminal,
  startServer,
  testing,
} from './processes.js';

const PASSWORD = 'correct horse battery';

describe('npm run hallpass -- user, beside a running server', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let options: { cwd: string; env: Record<string, string> };
  let server: Server;
  let source: DataSource;
  let people = 0;
  let name: string;

  const user = (...args: string[]) => hallpass(['user', ...args], options);
  const withPassword = (...args: string[]) =>
    hallpass(['user', ...args, '--password-stdin'], { ...options, input: PASSWORD });
  const account = (username: string) => source.getRepository(User).findOneBy({ username });
  /** Somebody with a confirmed address, as a row: a command for each would take long. */
  const add = (username: string) =>
    source.getRepository(User).insert({
      id: newId(),
      username,
      usernameKey: usernameKey(username),
      email: `${username}@example.com`,
      verifiedEmailKey: `${username}@example.com`,
      pendingEmail: null,
      fullName: null,
      role: 'user',
      disabled: false,
      passwordHash: hashPassword(PASSWORD, 4),
      authEpoch: 0,
      createdAt: 0,
      updatedAt: 0,
    });
  const mails = async () => {
    const outbox = join(folder.path, 'data', 'outbox');
    const names = (await readdir(outbox)).filter((file) => file.endsWith('.eml')).toSorted();
    return Promise.all(names.map((file) => readFile(join(outbox, file), 'utf8')));
  };
  /** What a command writes down, of which nothing tells from where. */
  const rowsOf = async (command: () => Promise<unknown>) => {
    const rows = source.getRepository(AuditEntry);
    const before = await rows.count();
    await command();
    const all = (await rows.find({ order: { id: 'ASC' } })).slice(before);
    for (const row of all) {
      expect(row).toMatchObject({ actor: 'operator', ip: null, requestId: null });
      expect(row.subject).toBe(`user:${row.userId}`);
    }
    return all.map(({ event, result, reason }) => [event, result, reason]);
  };
  const listStatus = async (token: string) =>
    (await call(`${server.url}/users`, { headers: bearer(token) })).status;

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
    await withPassword('create', 'root', '--role', 'admin');
    server = await startServer(options);
    source = await createDataSource(database.url).initialize();
  });
  beforeEach(async () => {
    name = `person-${++people}`;
    await add(name);
  });
  afterAll(async () => {
    await source.destroy();
    await server.stop();
    await database.drop();
    await folder.remove();
  });

  it('gives a role, and takes it away from tokens within a second', async () => {
    expect(await user('role', name, 'admin')).toEqual({
      code: 0,
      stdout: `${name} is an administrator\n`,
      stderr: '',
    });
    const token = await signIn(server.url, name, PASSWORD, 'users:read');
    expect(await listStatus(token)).toBe(200);
    expect((await user('role', name.toUpperCase(), 'user')).stdout).toBe(`${name} is a user\n`);
    await expect.poll(() => listStatus(token), { timeout: 2000 }).toBe(403);
  });

  it('never demotes or deletes the last active administrator', async () => {
    const refused = {
      code: 1,
      stdout: '',
      stderr: 'The last active administrator cannot be disabled, demoted or deleted\n',
    };
    expect(await user('role', 'root', 'user')).toEqual(refused);
    expect(await user('delete', 'root', '--yes')).toEqual(refused);
    expect(await account('root')).toMatchObject({ role: 'admin', disabled: false });
  });

  it('deletes an account with its sessions, and tells the person', async () => {
    const token = await signIn(server.url, name, PASSWORD);
    const deleted = await user('delete', name, '--yes');
    expect(deleted).toEqual({
      code: 0,
      stdout: `${name} is gone, with everything in the account\n`,
      stderr: '',
    });
    expect(await account(name)).toBeNull();
    const me = () => call(`${server.url}/users/me`, { headers: bearer(token) });
    await expect.poll(async () => (await me()).status, { timeout: 2000 }).toBe(401);
    const told = (await mails()).at(-1);
    expect(told).toContain(`To: ${name}@example.com`);
    expect(told).toContain('Your account was deleted');
  });

  it('invites somebody, who chooses the password by the mailed link', async () => {
    const email = `${name}@example.org`;
    const invited = await user('create', `${name}.i`, '--email', email, '--invite');
    expect(invited).toEqual({
      code: 0,
      stdout: `Created ${name}.i (user), and a link is mailed to ${email}\n`,
      stderr: '',
    });
    const mail = (await mails()).at(-1) ?? '';
    const token = /\?token=([\w-]+)/.exec(mail)?.[1];
    const credentials = { username: `${name}.i`, password: PASSWORD };
    expect((await postForm(`${server.url}/token`, credentials)).status).toBe(401);
    const body = { token, new_password: PASSWORD };
    const chosen = await sendJson(`${server.url}/password-reset/confirm`, 'POST', body);
    expect(chosen.status).toBe(204);
    expect((await postForm(`${server.url}/token`, credentials)).status).toBe(200);
  });

  it('invites nobody for whom a name, an address or a role is wrong', async () => {
    const cases: [string[], RegExp][] = [
      [['two words', '--email', 'nowhere'], /^The username must[^\n]*\nThe e-mail must[^\n]*\n$/],
      [[name, '--email', 'free@example.com'], /^The username is taken\n$/],
      [['free', '--email', `${name}@example.com`], /belongs to another account\n$/],
    ];
    for (const [args, reason] of cases) {
      const { code, stdout, stderr } = await user('create', ...args, '--invite');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(reason);
    }
    expect(await account('free')).toBeNull();
  });

  it('tells the person of a new password', async () => {
    await withPassword('password', name);
    const told = (await mails()).at(-1);
    expect(told).toContain(`To: ${name}@example.com`);
    expect(told).toContain('Your password was changed');
  });

  it('writes down each command once', async () => {
    const created = ['user.created', 'success', null];
    expect(await rowsOf(() => withPassword('create', `${name}.a`))).toEqual([created]);
    const invitation = [`${name}.b`, '--email', `${name}.b@example.com`, '--invite'];
    expect(await rowsOf(() => user('create', ...invitation))).toEqual([
      ['user.created', 'success', 'invitation'],
    ]);
    expect(await rowsOf(() => user('role', name, 'admin'))).toEqual([
      ['user.role_changed', 'success', 'user_to_admin'],
    ]);
    expect(await rowsOf(() => user('role', name, 'user'))).toEqual([
      ['user.role_changed', 'success', 'admin_to_user'],
    ]);
    expect(await rowsOf(() => user('disable', name))).toEqual([
      ['user.disabled', 'success', null],
      ['sessions.ended', 'success', 'user_disabled'],
    ]);
    expect(await rowsOf(() => user('enable', name))).toEqual([['user.enabled', 'success', null]]);
    expect(await rowsOf(() => withPassword('password', name))).toEqual([
      ['user.password_changed', 'success', 'set_by_operator'],
      ['sessions.ended', 'success', 'password_changed'],
    ]);
    expect(await rowsOf(() => user('delete', name, '--yes'))).toEqual([
      ['user.deleted', 'success', null],
    ]);
  });

  it('writes down what the last administrator’s rule refuses, and nothing that is so already', async () => {
    const reason = 'last_administrator';
    expect(await rowsOf(() => user('disable', 'root'))).toEqual([
      ['user.disabled', 'refused', reason],
    ]);
    expect(await rowsOf(() => user('role', 'root', 'user'))).toEqual([
      ['user.role_changed', 'refused', reason],
    ]);
    expect(await rowsOf(() => user('delete', 'root', '--yes'))).toEqual([
      ['user.deleted', 'refused', reason],
    ]);
    expect(await rowsOf(() => user('enable', 'root'))).toEqual([]);
    expect(await rowsOf(() => user('role', 'root', 'admin'))).toEqual([]);
    expect(await rowsOf(() => user('delete', 'nobody', '--yes'))).toEqual([]);
    expect(await rowsOf(() => withPassword('create', 'root'))).toEqual([]);
  });

  describe.runIf(hasTerminal)('on a terminal', () => {
    const answer = async (text: string) => {
      const child = startOnTerminal('cli', ['user', 'delete', name], options);
      await child.says(`Delete ${name}, with everything in it? [y/N] `);
      child.process.stdin.write(text);
      return child.ended;
    };

    it.each(['y\r', 'Yes\r'])('asks before a deletion, and obeys %j', async (text) => {
      expect((await answer(text)).code).toBe(0);
      expect(await account(name)).toBeNull();
    });

    it.each(['n\r', '\r', 'yep\r', '\x03', '\x04'])('changes nothing on %j', async (text) => {
      const { code, stdout } = await answer(text);
      expect(code).toBe(1);
      expect(stdout).toContain('Nothing has changed');
      expect(await account(name)).toMatchObject({ username: name });
    });

    it('does not ask about somebody who is not there', async () => {
      const { code, stdout } = await startOnTerminal('cli', ['user', 'delete', 'nobody'], options)
        .ended;
      expect(code).toBe(1);
      expect(stdout.trim()).toBe('There is no user nobody');
    });
  });
});
