import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/platform/ids.js';
import { User } from '../../src/users/user.entity.js';
import { emailKey } from '../../src/users/profile.js';
import { usernameKey } from '../../src/users/username.js';
import { movingPlace, type MovingPlace } from '../support/moving.js';
import { hallpass, hasTerminal, start, startOnTerminal } from './processes.js';

vi.setConfig({ testTimeout: 60_000 });

const HASH = '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW';
const ARGON2 =
  '$argon2id$v=19$m=64,t=1,p=1$MWNiMDU3MGEwZTVlYTM1NA$7bFstjD4alzKAXnN5FKj5GU/9YcvRpmTAFG1cIO4jMs';

type Person = Partial<User> & { readonly username: string; readonly verified?: boolean };

/** What spreadsheets, shells and other programs stumble over. */
const PEOPLE: readonly Person[] = [
  { username: 'carol', email: 'Carol@Example.com', verified: true, role: 'admin' },
  { username: 'dave', email: 'dave@example.com', verified: false, passwordHash: ARGON2 },
  { username: 'erin', passwordHash: '!', disabled: true },
  { username: '=cmd|calc', fullName: '=HYPERLINK("http://example.com","click")' },
  { username: '+1', fullName: '+1 234' },
  { username: '-x', fullName: '-x' },
  { username: '"quoted",comma', fullName: '"quoted", with a comma' },
  { username: "o'hara;--", fullName: '  spaces around  ' },
  { username: 'null', fullName: 'NULL' },
  { username: 'élodie', fullName: 'Élodie 🔑 \u202e אב' },
  { username: 'true', email: '"odd, \\"quoted\\""@example.com', verified: true },
  { username: '中文', email: 'zoë@müller.example', verified: true, fullName: '\ufeff李' },
];

describe('npm run hallpass -- user export', () => {
  let place: MovingPlace;

  beforeEach(async () => {
    place = await movingPlace();
  });
  afterEach(() => place.remove());

  const exporting = (...args: string[]) => hallpass(['user', 'export', ...args], place);

  async function insert(people: readonly Person[]): Promise<void> {
    await place.rows.getRepository(User).insert(
      people.map(({ verified, ...person }) => ({
        id: newId(),
        usernameKey: usernameKey(person.username),
        email: null,
        verifiedEmailKey: verified ? emailKey(person.email ?? '') : null,
        pendingEmail: null,
        fullName: null,
        role: 'user' as const,
        disabled: false,
        passwordHash: HASH,
        authEpoch: 3,
        createdAt: 1_794_000_000,
        updatedAt: 1_794_000_000,
        ...person,
      })),
    );
  }

  it('writes every account as CSV, to the letter', async () => {
    await insert(PEOPLE.slice(0, 4));
    expect(await exporting()).toEqual({
      code: 0,
      stdout:
        'username,email,email_verified,full_name,role,disabled,hashed_password\n' +
        `carol,Carol@Example.com,true,,admin,false,${HASH}\n` +
        `dave,dave@example.com,false,,user,false,"${ARGON2}"\n` +
        'erin,,false,,user,true,\n' +
        `=cmd|calc,,false,"=HYPERLINK(""http://example.com"",""click"")",user,false,${HASH}\n`,
      stderr: 'Exported 4 accounts\n',
    });
  });

  it('writes them as a JSON object a line', async () => {
    await insert(PEOPLE.slice(0, 1));
    const { stdout, stderr } = await exporting('--format', 'jsonl');
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(JSON.parse(stdout)).toEqual({
      username: 'carol',
      email: 'Carol@Example.com',
      email_verified: true,
      full_name: null,
      role: 'admin',
      disabled: false,
      hashed_password: HASH,
    });
    expect(stderr).toBe('Exported 1 account\n');
  });

  it.each(['csv', 'jsonl'])('loses nothing that `user import` reads back: %s', async (format) => {
    await insert(PEOPLE);
    const { stdout } = await exporting('--format', format);
    const other = await movingPlace();
    try {
      const file = join(other.cwd, `users.${format}`);
      await writeFile(file, stdout);
      const done = await hallpass(['user', 'import', file], other);
      expect(done.stderr).toBe('');
      expect(done.stdout).toContain(`${PEOPLE.length} imported, 0 refused`);
      const told = (users: User[]) =>
        users.map((user) => ({ ...user, id: 0, authEpoch: 0, createdAt: 0, updatedAt: 0 }));
      expect(told(await other.users())).toEqual(told(await place.users()));
      expect((await hallpass(['user', 'export', '--format', format], other)).stdout).toBe(stdout);
    } finally {
      await other.remove();
    }
  });

  it('writes a new file that only its owner reads, and never over another', async () => {
    await insert(PEOPLE);
    const { code, stdout } = await exporting('--output', 'users.csv');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const file = join(place.cwd, 'users.csv');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe((await exporting()).stdout);
    await writeFile(file, 'mine');
    expect(await exporting('--output', 'users.csv')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Cannot open users.csv: it is there already\n',
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('leaves no file when it fails', async () => {
    const env = { ...place.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const failed = await hallpass(['user', 'export', '--output', 'a.csv'], { ...place, env });
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    await expect(stat(join(place.cwd, 'a.csv'))).rejects.toThrow('ENOENT');
  });

  it('reads page after page, each account once', async () => {
    await insert(Array.from({ length: 1201 }, (_, n) => ({ username: `user${n}` })));
    const { stdout } = await exporting();
    const names = stdout.trimEnd().split('\n').slice(1);
    expect(names.map((line) => line.split(',')[0])).toEqual(names.map((_, n) => `user${n}`));
    expect(names).toHaveLength(1201);
  });

  it('writes into the audit log that hashes have left, and how many', async () => {
    await insert(PEOPLE);
    await exporting();
    const [row] = await place.audit('users.exported');
    expect(row).toMatchObject({ actor: 'operator', subject: 'everyone', reason: 'accounts=12' });
  });

  it('ends in peace when whoever reads has seen enough', async () => {
    await insert(Array.from({ length: 1201 }, (_, n) => ({ username: `user${n}` })));
    const child = start('cli', ['user', 'export'], place);
    child.process.stdout.destroy();
    const { code, stderr } = await child.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Exported \d+ accounts?\n$/);
    expect(await place.audit('users.exported')).toHaveLength(1);
  });

  it.runIf(hasTerminal)('warns on a terminal', async () => {
    await insert(PEOPLE.slice(0, 1));
    const warning = 'These are password hashes: nobody else should see them';
    const shown = await startOnTerminal('cli', ['user', 'export'], place).ended;
    expect(shown.stdout).toContain(warning);
    expect((await exporting()).stderr).not.toContain(warning);
  });

  it.each([
    ['Ctrl-C', 'SIGINT'],
    ['a polite kill', 'SIGTERM'],
  ] as const)(
    'leaves no half of a file after %s, and writes down that it began',
    async (_what, signal) => {
      await insert(PEOPLE);
      const child = start('cli', ['user', 'export', '--output', 'users.csv'], place);
      const file = join(place.cwd, 'users.csv');
      await vi.waitUntil(() => existsSync(file), { timeout: 30_000, interval: 10 }); // long before it is full
      child.process.kill(signal);
      expect(await child.ended).toMatchObject({
        code: 1,
        stderr: 'Interrupted: these are not all accounts\n',
      });
      expect(existsSync(file)).toBe(false);
      expect(await place.audit('users.exported')).toHaveLength(1);
    },
  );
});
