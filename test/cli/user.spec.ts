import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import {
  emptyFolder,
  hallpass,
  json,
  hasTerminal,
  start,
  startOnTerminal,
  testing,
} from './processes.js';

const PASSWORD = 'correct horse battery';

describe('npm run hallpass -- user', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let options: { cwd: string; env: Record<string, string> };

  const user = (...args: string[]) => hallpass(['user', ...args], options);
  const withPassword = (input: string, ...args: string[]) =>
    hallpass(['user', ...args, '--password-stdin'], { ...options, input });
  const accounts = async () => json<object[]>(await user('list', '--json'));

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('lists nobody on a new database', async () => {
    expect(await user('list')).toEqual({ code: 0, stdout: 'There are no users yet\n', stderr: '' });
    expect(await user('list', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('creates accounts', async () => {
    const person = ['--email', 'alice@example.com', '--full-name', 'Alice Wonderson'];
    const created = await withPassword(
      `${PASSWORD}\n`,
      'create',
      'alice',
      '--role',
      'admin',
      ...person,
    );
    expect(created).toEqual({ code: 0, stdout: 'Created alice (admin)\n', stderr: '' });
    const plain = await withPassword(PASSWORD, 'create', 'bob');
    expect(plain).toEqual({ code: 0, stdout: 'Created bob (user)\n', stderr: '' });
  });

  it('lists them as an aligned table', async () => {
    const { code, stdout } = await user('list');
    expect(code).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe('USERNAME  ROLE   DISABLED  EMAIL              CREATED');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^alice {5}admin {2}no {8}alice@example\.com {2}\d{4}-\S+Z$/);
    expect(rows[1]).toMatch(/^bob {7}user {3}no {8}- {18}\d{4}-\S+Z$/);
  });

  it('lists them as JSON, with the fields of GET /users/me', async () => {
    const [alice, bob] = await accounts();
    expect(alice).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      username: 'alice',
      email: 'alice@example.com',
      email_verified: true,
      pending_email: null,
      full_name: 'Alice Wonderson',
      disabled: false,
      role: 'admin',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
    expect(bob).toMatchObject({ username: 'bob', email: null, full_name: null, role: 'user' });
  });

  it('takes an e-mail as a username only if it is the account’s own', async () => {
    const email = 'carol@example.com';
    const own = await withPassword(PASSWORD, 'create', email, '--email', email);
    expect(own).toMatchObject({ code: 0, stdout: `Created ${email} (user)\n` });
    const foreign = await withPassword(PASSWORD, 'create', 'dave@example.com');
    expect(foreign).toMatchObject({ code: 1, stdout: '' });
    expect(foreign.stderr).toContain('@');
  });

  it('says every fault of a new account at once and creates nothing', async () => {
    const before = await accounts();
    const faulty = ['two words', '--email', 'nowhere', '--full-name', 'two\nlines'];
    const refused = await withPassword('short\n', 'create', ...faulty);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('The username'),
      expect.stringContaining('The e-mail'),
      expect.stringContaining('The full name'),
      'The password must be at least 8 characters',
    ]);
    expect(await accounts()).toEqual(before);
  });

  it('refuses a name that is taken, in whatever letters, also to two at once', async () => {
    const taken = { code: 1, stdout: '', stderr: 'The username is taken\n' };
    expect(await withPassword(PASSWORD, 'create', 'ALICE')).toEqual(taken);
    const race = await Promise.all(
      ['erin', 'Erin', 'ERIN'].map((name) => withPassword(PASSWORD, 'create', name)),
    );
    expect(race.map(({ code }) => code).toSorted()).toEqual([0, 1, 1]);
    expect(race.filter(({ code }) => code === 1)).toEqual([taken, taken]);
  });

  it('obeys PASSWORD_MIN_LENGTH', async () => {
    const env = { ...options.env, PASSWORD_MIN_LENGTH: '30' };
    const args = ['user', 'password', 'bob', '--password-stdin'];
    const refused = await hallpass(args, { ...options, env, input: PASSWORD });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toBe('The password must be at least 30 characters\n');
  });

  it('refuses to change somebody who is not there', async () => {
    const answers = await Promise.all([
      user('disable', 'nobody'),
      user('enable', 'nobody'),
      withPassword(PASSWORD, 'password', 'nobody'),
    ]);
    const refused = { code: 1, stdout: '', stderr: 'There is no user nobody\n' };
    expect(answers).toEqual([refused, refused, refused]);
  });

  it('disables and enables, and may be told twice', async () => {
    const state = async () =>
      (await accounts()).find((one) => (one as { username: string }).username === 'bob');
    for (const time of ['first', 'second']) {
      expect(await user('disable', 'BOB'), time).toMatchObject({ code: 0, stderr: '' });
      expect(await state()).toMatchObject({ disabled: true });
    }
    expect((await user('list')).stdout).toMatch(/^bob +user +yes /m);
    for (const time of ['first', 'second']) {
      expect(await user('enable', 'bob'), time).toMatchObject({ code: 0, stderr: '' });
      expect(await state()).toMatchObject({ disabled: false });
    }
  });

  it('never disables the last active administrator', async () => {
    const refused = {
      code: 1,
      stderr: 'The last active administrator cannot be disabled, demoted or deleted\n',
    };
    expect(await user('disable', 'alice')).toMatchObject(refused);
    await withPassword(PASSWORD, 'create', 'frank', '--role', 'admin');
    expect(await user('disable', 'alice')).toMatchObject({ code: 0 });
    expect(await user('disable', 'alice')).toMatchObject({ code: 0 });
    expect(await user('disable', 'frank')).toMatchObject(refused);
    expect(await user('enable', 'alice')).toMatchObject({ code: 0 });
  });

  it('keeps the password out of the process list', async () => {
    const child = start('cli', ['user', 'password', 'bob', '--password-stdin'], options);
    child.process.stdin.write(PASSWORD);
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(child.process.pid)]);
    expect(stdout.toString()).toContain('--password-stdin');
    expect(stdout.toString()).not.toContain(PASSWORD);
    child.process.stdin.end();
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  });

  describe.runIf(hasTerminal)('on a terminal', () => {
    const typeInto = async (args: string[], first: string, second: string) => {
      const child = startOnTerminal('cli', ['user', ...args], options);
      await child.says('New password: ');
      child.process.stdin.write(`${first}\r`);
      await child.says('Again: ');
      child.process.stdin.write(`${second}\r`);
      const { code, stdout } = await child.ended;
      return { code, shown: stdout.replaceAll('\r', '') };
    };

    it('asks for a new password twice, and shows nothing of it', async () => {
      expect(await typeInto(['create', 'grace'], PASSWORD, PASSWORD)).toEqual({
        code: 0,
        shown: 'New password: \nAgain: \nCreated grace (user)\n',
      });
    });

    it('refuses two that differ', async () => {
      const { code, shown } = await typeInto(['password', 'grace'], PASSWORD, `${PASSWORD}!`);
      expect(code).toBe(1);
      expect(shown).toMatch(/Again: \nThe two passwords differ/);
    });

    it('asks for none when the account cannot be made anyway', async () => {
      const { code, stdout } = await startOnTerminal('cli', ['user', 'create', 'alice'], options)
        .ended;
      expect(code).toBe(1);
      expect(stdout.trim()).toBe('The username is taken');
    });

    it('changes nothing on Ctrl-C', async () => {
      const child = startOnTerminal('cli', ['user', 'password', 'grace'], options);
      await child.says('New password: ');
      child.process.stdin.write('corr\x03');
      const { code, stdout } = await child.ended;
      expect(code).toBe(1);
      expect(stdout).toContain('nothing has changed');
    });

    it('does not show a password that --password-stdin would read from the keyboard', async () => {
      const args = ['user', 'password', 'grace', '--password-stdin'];
      const { code, stdout } = await startOnTerminal('cli', args, options).ended;
      expect(code).toBe(2);
      expect(stdout).toContain('Leave it out');
    });
  });
});

describe('npm run hallpass -- user list, of very many', () => {
  const MANY = 100_000;
  /** MB; of which the program itself takes half. A hundred thousand accounts at once would not fit. */
  const HEAP = 72;

  it(
    'reads them part by part, in the order in which they were made',
    { timeout: 180_000 },
    async () => {
      const folder = await emptyFolder();
      const database = await throwAwayDatabase();
      const dataSource = createDataSource(database.url);
      await dataSource.initialize();
      await dataSource.runMigrations();
      await dataSource.query(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
       INSERT INTO users (id, username, username_key, role, disabled, password_hash, auth_epoch, created_at, updated_at)
       SELECT printf('01%06x-0000-7000-8000-000000000000', i), 'user' || i, 'user' || i, 'user', 0, '', 0, 1, 1 FROM n`,
      );
      await dataSource.destroy();
      const env = {
        ...testing,
        DATABASE_URL: database.url,
        NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
      };
      const { code, stdout } = await hallpass(['user', 'list'], { cwd: folder.path, env });
      expect(code).toBe(0);
      const names = stdout.trimEnd().split('\n').slice(1);
      expect(names).toHaveLength(MANY);
      expect(names.every((row, index) => row.startsWith(`user${index + 1} `))).toBe(true);
      const listed = await hallpass(['user', 'list', '--json'], { cwd: folder.path, env });
      expect(JSON.parse(listed.stdout)).toHaveLength(MANY);
      await database.drop();
      await folder.remove();
    },
  );
});
