import {
  chmod,
  copyFile,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { describeDifference } from '../../src/cli/doctor/database-checks.js';
import { allows, checkNode } from '../../src/cli/doctor/runtime-checks.js';
import { describeSpace } from '../../src/cli/doctor/sqlite-checks.js';
import { postgresDatabase, type ThrowAwayDatabase } from '../support/database.js';
import { startMailServer } from '../support/smtp.js';
import {
  Child,
  emptyFolder,
  hallpass,
  hasTerminal,
  startOnTerminal,
  startServer,
  testing,
} from './processes.js';

const DAY_MS = 86_400_000;
const OTHER_SECRET = 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE';
/** Of the fixtures below: none of it may ever be printed. */
const SECRETS = /hunter2|test-only-|pass-word/;

interface Found {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string | null;
}

describe('npm run hallpass -- doctor', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let model: Awaited<ReturnType<typeof emptyFolder>>;
  let database: string;

  async function doctor(env: Record<string, string> = {}) {
    const options = { cwd: folder.path, env: { ...testing, ...env } };
    const finished = await hallpass(['doctor', '--json'], options);
    expect(finished.stdout + finished.stderr).not.toMatch(SECRETS);
    const report = JSON.parse(finished.stdout) as { status: string; checks: Found[] };
    return { ...report, code: finished.code, stderr: finished.stderr };
  }
  /** What it says of one thing that is not well; everything else is. */
  async function onlyComplaint(env: Record<string, string> = {}) {
    const { code, stderr, checks } = await doctor(env);
    const complaints = checks.filter(({ status }) => status === 'fault' || status === 'warning');
    expect(complaints).toHaveLength(1);
    return { code, stderr, ...(complaints[0] as Found) };
  }
  const connect = () => createDataSource(`sqlite:${database}`).initialize();

  /** A database as a first start leaves it, with its administrator. */
  beforeAll(async () => {
    model = await emptyFolder();
    const env = { ...testing, ADMIN_PASSWORD: 'a garden in the rain' };
    await (await startServer({ cwd: model.path, env })).stop();
  });
  afterAll(() => model.remove());

  beforeEach(async () => {
    folder = await emptyFolder();
    database = join(folder.path, 'data/hallpass.sqlite');
    await mkdir(join(folder.path, 'data'), { mode: 0o700 });
    await copyFile(join(model.path, 'data/hallpass.sqlite'), database);
    await chmod(database, 0o600);
  });
  afterEach(async () => {
    await chmod(join(folder.path, 'data'), 0o700);
    await folder.remove();
  });

  it('finds all well after a first start, and says of each thing how it is', async () => {
    const { code, stderr, status, checks } = await doctor();
    expect({ code, stderr, status }).toEqual({ code: 0, stderr: '', status: 'ok' });
    expect([...new Set(checks.map(({ check }) => check))]).toEqual([
      'node',
      'sqlite3',
      'settings',
      'address',
      'database',
      'migrations',
      'clock',
      'keys',
      'administrators',
      'mail',
    ]);
    expect(checks.every((found) => found.status === 'ok' && found.remedy === null)).toBe(true);
  });

  it('prints a line for each, and the sum', async () => {
    const { code, stdout } = await hallpass(['doctor'], { cwd: folder.path, env: testing });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}node {12}Node \d+\.\d+\.\d+\nok {7}sqlite3 /);
    expect(stdout).toMatch(/\nok {7}migrations {6}all \d+ have run\n/);
    expect(stdout).toMatch(/\n\nAll is well\n$/);
    expect(stdout).not.toContain('\x1b');
  });

  it.runIf(hasTerminal)('has colours on a terminal, and none there with NO_COLOR', async () => {
    const at = (env: Record<string, string>) =>
      startOnTerminal('cli', ['doctor'], { cwd: folder.path, env: { ...testing, ...env } }).ended;
    expect((await at({ TERM: 'xterm' })).stdout).toContain('\x1b[32mok');
    const plain = await at({ TERM: 'xterm', NO_COLOR: '1' });
    expect(plain.stdout).toContain('All is well');
    expect(plain.stdout).not.toContain('\x1b');
  });

  it('makes, migrates and writes nothing: not where there is nothing either', async () => {
    const bytes = await readFile(database);
    await doctor();
    expect(await readFile(database)).toEqual(bytes);
    expect(await readdir(join(folder.path, 'data'))).toEqual(['hallpass.sqlite']);

    const empty = await emptyFolder();
    const finished = await hallpass(['doctor'], { cwd: empty.path, env: { NODE_ENV: 'test' } });
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(finished.stdout).toContain('is made at the first start');
    expect(await readdir(empty.path)).toEqual([]);
    await empty.remove();
  });

  it('looks into the database of a running server, and leaves it alone', async () => {
    const server = await startServer({ cwd: folder.path });
    expect(await doctor()).toMatchObject({ code: 0, status: 'ok' });
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(await readdir(join(folder.path, 'data'))).toEqual(['hallpass.sqlite']);
  });

  it('names every fault of the settings, and looks at the rest all the same', async () => {
    const { code, checks } = await doctor({
      PORT: 'none',
      LOG_LEVEL: 'loud',
      JWT_SECRET: 'pass-word',
    });
    expect(code).toBe(1);
    const faults = checks.filter(({ status }) => status === 'fault');
    expect(faults.map(({ check, message }) => `${check} ${message.split(' ')[0]}`)).toEqual([
      'settings PORT',
      'settings LOG_LEVEL',
      'settings JWT_SECRET', // too weak, and of no use with ES256
      'settings JWT_SECRET',
    ]);
    expect(checks.at(-1)).toMatchObject({ check: 'mail', status: 'ok' });
    expect(checks.find(({ check }) => check === 'keys')).toMatchObject({ status: 'ok' });
  });

  it('says that a .env cannot be read', async () => {
    await mkdir(join(folder.path, '.env'));
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 1, check: 'settings', status: 'fault' });
    expect(found.message).toContain('.env cannot be read');
  });

  it('finds an AUTH_SECRET that does not open the keys', async () => {
    const found = await onlyComplaint({ AUTH_SECRET: OTHER_SECRET });
    expect(found).toMatchObject({ code: 1, check: 'keys', status: 'fault' });
    expect(found.remedy).toContain('AUTH_SECRET=new,old');
    const both = await doctor({ AUTH_SECRET: `${OTHER_SECRET},${testing['AUTH_SECRET']}` });
    expect(both).toMatchObject({ code: 0, status: 'ok' });
  });

  it('finds an AUTH_SECRET that is missing, and generates none', async () => {
    const found = await onlyComplaint({ AUTH_SECRET: '' });
    expect(found).toMatchObject({ code: 1, check: 'keys', status: 'fault' });
    expect(await readdir(join(folder.path, 'data'))).toEqual(['hallpass.sqlite']);
  });

  it('finds nothing wrong with a database of a version that had keys of one algorithm', async () => {
    await change(`DELETE FROM signing_keys WHERE algorithm = 'RS256'`);
    const { checks } = await doctor({ KEY_MAX_AGE_DAYS: '90' });
    expect(checks.filter(({ check }) => check === 'keys')).toMatchObject([
      { status: 'ok', message: expect.stringContaining('(ES256) opens') as string },
      { status: 'ok', message: 'there is none of RS256 yet: the next start makes one' },
    ]);
  });

  it('names the key that signs and the one that waits', async () => {
    await hallpass(['keys', 'rotate'], { cwd: folder.path, env: testing });
    const { checks } = await doctor();
    const keys = checks.filter(({ check }) => check === 'keys').map(({ message }) => message);
    expect(keys[0]).toMatch(
      /^[\w-]{43} \(ES256\) opens with AUTH_SECRET, and has signed for 0 days$/,
    );
    expect(keys[1]).toMatch(/^the next one, [\w-]{43}, signs from \S+Z$/);
    expect(keys[2]).toMatch(/^[\w-]{43} \(RS256\) opens with AUTH_SECRET/);
  });

  it('finds a key that has signed for longer than KEY_MAX_AGE_DAYS', async () => {
    await change(
      `UPDATE signing_keys SET signs_from = signs_from - ${100 * 86_400} WHERE algorithm = 'ES256'`,
    );
    expect(await doctor()).toMatchObject({ status: 'ok' });
    const found = await onlyComplaint({ KEY_MAX_AGE_DAYS: '90' });
    expect(found).toMatchObject({ code: 0, check: 'keys', status: 'warning' });
    expect(found.message).toContain('has signed for 100 days, longer than KEY_MAX_AGE_DAYS');
  });

  it('finds pending migrations, and does not run them', async () => {
    await change(`DELETE FROM migrations WHERE id = (SELECT MAX(id) FROM migrations)`);
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 0, check: 'migrations', status: 'warning' });
    expect(found.message).toMatch(/^1 of \d+ are pending$/);
    expect((await onlyComplaint()).message).toBe(found.message);
  });

  it('finds a database that a newer version has migrated', async () => {
    await change(
      `INSERT INTO migrations (timestamp, name) VALUES (1, 'FromTheFuture9999999999999')`,
    );
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 1, check: 'migrations', status: 'fault' });
    expect(found.message).toContain('FromTheFuture9999999999999');
  });

  it.each(['audit_log', 'sessions'])(
    'finds a clock that was set back, by a row of %s',
    async (table) => {
      const at = Date.now() + 2 * DAY_MS;
      await change(table === 'audit_log' ? AUDIT_ROW(at) : SESSION_ROW(at));
      const found = await onlyComplaint();
      expect(found).toMatchObject({ code: 1, check: 'clock', status: 'fault' });
      expect(found.message).toContain(new Date(at).toISOString().slice(0, 19));
    },
  );

  it('finds that nobody can administer', async () => {
    await change(`UPDATE users SET disabled = 1`);
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 1, check: 'administrators', status: 'fault' });
    expect(found.remedy).toContain('user enable');
  });

  it('finds that no administrator has chosen a password yet', async () => {
    await change(`UPDATE users SET password_hash = '!'`);
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 0, check: 'administrators', status: 'warning' });
    expect(found.remedy).toContain('user password');
  });

  it('finds a first start that production would refuse, and one that it would not', async () => {
    await change(`DELETE FROM users`);
    const PRODUCTION = {
      NODE_ENV: 'production',
      PASSWORD_COST: '12',
      TRUST_PROXY: '1',
      PUBLIC_URL: 'https://id.example.com',
      SMTP_URL: '',
    };
    const { code, checks } = await doctor(PRODUCTION);
    expect(code).toBe(1);
    expect(checks.filter(({ status }) => status === 'fault')).toMatchObject([
      { check: 'administrators', message: expect.stringContaining('ADMIN_PASSWORD') as string },
    ]);
    const ready = await doctor({ ...PRODUCTION, ADMIN_PASSWORD: 'pass-word of hers' });
    expect(ready).toMatchObject({ code: 0, status: 'warning' }); // of the outbox
    expect(ready.checks.filter(({ status }) => status === 'warning')).toMatchObject([
      { check: 'mail' },
    ]);
  });

  it('finds the first password in its file, until it is deleted', async () => {
    await writeFile(join(folder.path, 'data/initial-admin-password'), 'pass-word');
    const found = await onlyComplaint();
    expect(found).toMatchObject({ code: 0, check: 'administrators', status: 'warning' });
  });

  describe('of a SQLite file', () => {
    it('finds damage in the middle of it, at its head, and a file that is another', async () => {
      await scribble(4096 * 3, 4096 * 12);
      const { code, checks } = await doctor();
      expect(code).toBe(1);
      const damage = checks.find(({ check, status }) => check === 'database' && status === 'fault');
      expect(damage?.message).toMatch(/hallpass\.sqlite is damaged/);
      expect(damage?.remedy).toContain('restore the last backup');
      expect(checks.at(-1)).toMatchObject({ check: 'mail', status: 'ok' });

      await writeFile(database, 'no database at all, and longer than the sixteen bytes of a head');
      const other = await doctor();
      expect(other.code).toBe(1);
      expect(other.checks.find(({ status }) => status === 'fault')).toMatchObject({
        check: 'database',
        message: expect.stringContaining('SQLITE_NOTADB') as string,
      });
    });

    it('finds a file that others may read', async () => {
      await chmod(database, 0o644);
      const found = await onlyComplaint();
      expect(found).toMatchObject({ code: 0, check: 'database', status: 'warning' });
      expect(found.remedy).toBe('chmod 600 data/hallpass.sqlite');
    });

    it('finds a folder that may not be written into', async () => {
      await chmod(join(folder.path, 'data'), 0o555);
      const { code, checks } = await asNobody();
      expect(code).toBe(1);
      const faults = checks.filter(({ status }) => status === 'fault');
      expect(faults.map(({ check }) => check)).toContain('database');
      expect(faults.map(({ message }) => message).join()).toMatch(/may not write into \S+\/data,/);
    });

    it('tells little room on its disk from none', () => {
      const MiB = 1024 * 1024;
      expect(describeSpace(1000 * MiB, 100 * MiB)).toMatchObject({ status: 'ok' });
      expect(describeSpace(1000 * MiB, 2000 * MiB)).toMatchObject({ status: 'warning' });
      expect(describeSpace(100 * MiB, MiB)).toMatchObject({ status: 'warning' });
      expect(describeSpace(10 * MiB, MiB)).toMatchObject({ status: 'fault' });
    });
  });

  describe('of the mail', () => {
    it('finds a server that is not there', async () => {
      const found = await onlyComplaint({ ...MAIL, SMTP_URL: 'smtp://127.0.0.1:1' });
      expect(found).toMatchObject({ code: 1, check: 'mail', status: 'fault' });
      expect(found.message).toContain('cannot be reached');
    });

    it('signs in, and finds a password that is not taken; sends nothing', async () => {
      const server = await startMailServer({}, { user: 'hallpass', pass: 'hunter2' });
      const url = (password: string) => `smtp://hallpass:${password}@127.0.0.1:${server.at.port}`;
      expect(await doctor({ ...MAIL, SMTP_URL: url('hunter2') })).toMatchObject({
        code: 0,
        status: 'ok',
      });
      const found = await onlyComplaint({ ...MAIL, SMTP_URL: url('hunter22') });
      expect(found).toMatchObject({ code: 1, check: 'mail', status: 'fault' });
      expect(found.message).toContain('does not take the user and password');
      expect(server.received).toEqual([]);
      await server.close();
    });

    it('finds a certificate that is not trusted', async () => {
      const server = await startMailServer();
      const SMTP_URL = `smtp://127.0.0.1:${server.at.port}?requireTLS=true&tls.rejectUnauthorized=true`;
      const found = await onlyComplaint({ ...MAIL, SMTP_URL });
      expect(found).toMatchObject({ code: 1, check: 'mail', status: 'fault' });
      expect(found.message).toContain('certificate is not trusted');
      await server.close();
    });
  });

  describe('of the address', () => {
    it.each([
      ['http for the world', { PUBLIC_URL: 'http://id.example.com' }, 'fault', /in the clear/],
      [
        'a proxy that is not trusted',
        {
          PUBLIC_URL: 'https://id.example.com',
          NODE_ENV: 'production',
          PASSWORD_COST: '12',
          SMTP_URL: 'smtp://127.0.0.1:1',
        },
        'warning',
        /TRUST_PROXY is not set/,
      ],
      [
        'https in development',
        { PUBLIC_URL: 'https://id.example.com', TRUST_PROXY: '1' },
        'warning',
        /NODE_ENV is test/,
      ],
    ])('finds %s', async (_what, env, status, words) => {
      const { checks } = await doctor({ ...MAIL, ...env } as Record<string, string>);
      const found = checks.filter((one) => one.check === 'address' && one.status === status);
      expect(found).toHaveLength(1);
      expect(found[0]?.message).toMatch(words);
    });
  });

  it('finds a PostgreSQL that does not answer, without its password', async () => {
    const DATABASE_URL = 'postgres://hallpass:hunter2@127.0.0.1:1/hallpass';
    const found = await onlyComplaint({ DATABASE_URL });
    expect(found).toMatchObject({ code: 1, check: 'database', status: 'fault' });
    expect(found.message).toContain('ECONNREFUSED');
  });

  it.runIf(process.env['TEST_DATABASE_URL'])(
    'looks at PostgreSQL as well: pending migrations stop a start there, and none is run',
    async () => {
      const postgres: ThrowAwayDatabase = await postgresDatabase();
      const env = { DATABASE_URL: postgres.url };
      const found = await onlyComplaint(env);
      expect(found).toMatchObject({ code: 1, check: 'migrations', status: 'fault' });
      expect(found.remedy).toContain('npm run migration:run');

      const dataSource = await createDataSource(postgres.url).initialize();
      expect(await dataSource.query(TABLES_OF_POSTGRES)).toEqual([]);
      await dataSource.runMigrations();
      await startServer({
        cwd: folder.path,
        env: { ...testing, ...env, ADMIN_PASSWORD: 'a garden in the rain' },
      }).then((server) => server.stop());
      const { code, checks } = await doctor(env);
      expect(code).toBe(0);
      const said = checks.filter(({ check }) => check === 'database').map(({ message }) => message);
      expect(said[0]).toMatch(/^PostgreSQL \d+.* answers$/);
      expect(said[1]).toBe('its clock is that of this machine');
      expect(await onlyComplaint({ ...env, AUTH_SECRET: OTHER_SECRET })).toMatchObject({
        check: 'keys',
        code: 1,
      });
      await dataSource.query(AUDIT_ROW(Date.now() + 2 * DAY_MS));
      expect(await onlyComplaint(env)).toMatchObject({ check: 'clock', code: 1 });
      await dataSource.destroy();
      await postgres.drop();
    },
  );

  it('tells clocks that differ a little from those that differ much', () => {
    expect(describeDifference(-1_500)).toMatchObject({ status: 'ok' });
    expect(describeDifference(30_000)).toMatchObject({
      status: 'warning',
      message: 'its clock is 30.0 s ahead of the one of this machine',
    });
    expect(describeDifference(-90_000)).toMatchObject({
      status: 'fault',
      message: 'its clock is 90.0 s behind the one of this machine',
    });
  });

  it('knows which versions of Node package.json allows', () => {
    const { node } = (JSON.parse(packageText) as { engines: { node: string } }).engines;
    const good = ['20.19.0', '20.20.2', '22.12.0', '22.20.1', '24.0.0', '25.3.0'];
    const bad = ['18.20.8', '20.18.3', '21.7.3', '22.11.0', '23.9.0'];
    for (const version of good) expect(allows(node, version), version).toBe(true);
    for (const version of bad)
      expect(checkNode(version), version).toMatchObject({ status: 'fault' });
  });

  it('says that the native module is missing, where no other command can start', async () => {
    const broken = await withoutNativeModule();
    const cli = (...args: string[]) =>
      new Child(
        spawn(process.execPath, [join(broken.path, 'dist/src/cli.js'), ...args], {
          cwd: folder.path,
          env: { PATH: process.env['PATH'], ...testing },
        }),
      ).ended;
    const found = await cli('doctor', '--json');
    expect(found).toMatchObject({ code: 1, stderr: '' });
    const { checks } = JSON.parse(found.stdout) as { checks: Found[] };
    expect(checks[1]).toMatchObject({ check: 'sqlite3', status: 'fault' });
    expect(checks[1]?.remedy).toContain('npm rebuild sqlite3');
    const list = await cli('user', 'list');
    expect(list).toMatchObject({ code: 1, stdout: '' });
    expect(list.stderr).toMatch(
      /^sqlite3: its native module does not load .*npm rebuild sqlite3.*\n$/,
    );
    await broken.remove();
  });

  async function change(sql: string): Promise<void> {
    const dataSource: DataSource = await connect();
    await dataSource.query(sql);
    await dataSource.destroy();
  }

  async function scribble(from: number, to: number): Promise<void> {
    const file = await open(database, 'r+');
    await file.write(Buffer.alloc(to - from, 0xa5), 0, to - from, from);
    await file.close();
  }

  /** Root may write anywhere, so it first becomes somebody who may not; all code is loaded by then. */
  async function asNobody() {
    const script = `
      const { run } = await import(${JSON.stringify(resolve('dist/src/cli/run.js'))});
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
      process.exitCode = await run(['doctor', '--json'], process);`;
    await chmod(folder.path, 0o755);
    const child = new Child(
      spawn(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder.path,
        env: { PATH: process.env['PATH'], ...testing },
      }),
    );
    const { code, stdout } = await child.ended;
    return { code, ...(JSON.parse(stdout) as { checks: Found[] }) };
  }
});

const MAIL = { MAIL_FROM: 'Hallpass <no-reply@example.com>' };
const packageText = await readFile('package.json', 'utf8');
const TABLES_OF_POSTGRES = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`;

function AUDIT_ROW(at: number): string {
  return `INSERT INTO audit_log (id, at, event, result, actor, subject)
    VALUES ('${v7({ msecs: at })}', ${at}, 'sessions.ended', 'success', 'operator', 'everyone')`;
}

function SESSION_ROW(at: number): string {
  const seconds = Math.floor(at / 1000);
  return `INSERT INTO sessions (id, user_id, client_id, scope, auth_epoch, generation, created_at, last_used_at, expires_at)
    SELECT '${v7({ msecs: at })}', id, 'hallpass', '', 0, 0, ${seconds}, ${seconds}, ${seconds} FROM users LIMIT 1`;
}

/** What is compiled, with every package but the binary of one. */
async function withoutNativeModule() {
  const folder = await emptyFolder();
  await cp('dist', join(folder.path, 'dist'), { recursive: true });
  await copyFile('package.json', join(folder.path, 'package.json'));
  const packages = join(folder.path, 'node_modules');
  await mkdir(packages);
  for (const name of await readdir('node_modules')) {
    if (!name.startsWith('.') && name !== 'sqlite3')
      await symlink(resolve('node_modules', name), join(packages, name));
  }
  for (const name of ['package.json', 'lib']) {
    await cp(resolve('node_modules/sqlite3', name), join(packages, 'sqlite3', name), {
      recursive: true,
      dereference: true,
    });
  }
  expect((await stat(join(packages, 'sqlite3'))).isDirectory()).toBe(true);
  return folder;
}
