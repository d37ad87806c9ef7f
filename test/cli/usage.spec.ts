import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import {
  emptyFolder,
  hallpass,
  hasTerminal,
  start,
  startOnTerminal,
  testing,
} from './processes.js';

/** In this very process: what is refused before anything is opened needs no other. */
async function runHere(args: readonly string[]) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const into = (lines: string[]) =>
    new PassThrough().on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const stdin = new PassThrough();
  const code = await run(args, { stdin, stdout: into(stdout), stderr: into(stderr) });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('npm run hallpass', () => {
  it.each([
    [''],
    ['secret'],
    ['user'],
    ['user create'],
    ['user list'],
    ['user disable'],
    ['user enable'],
    ['user password'],
    ['user role'],
    ['user delete'],
    ['client'],
    ['client create'],
    ['client list'],
    ['client update'],
    ['client secret'],
    ['client disable'],
    ['client enable'],
    ['client delete'],
    ['session'],
    ['session list'],
    ['session end'],
    ['audit'],
    ['audit list'],
    ['purge'],
    ['doctor'],
    ['openapi'],
    ['backup'],
    ['keys'],
    ['keys list'],
    ['keys rotate'],
    ['keys revoke'],
  ])('explains %j with an example', async (command) => {
    const words = command.split(' ').filter((word) => word !== '');
    const { code, stdout, stderr } = await runHere([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(['Usage: npm run hallpass --', ...words].join(' '));
    expect(stdout).toMatch(/Examples?:\n {2}\$ .*npm run .*hallpass -- /);
  });

  it.each([
    ['no command', [], 'Usage:'],
    ['an unknown command', ['nope'], "unknown command 'nope'"],
    ['an unknown command of user', ['user', 'nope'], "unknown command 'nope'"],
    ['an unknown option', ['user', 'list', '--yaml'], "unknown option '--yaml'"],
    ['a missing argument', ['user', 'disable'], "missing required argument 'username'"],
    ['an argument too many', ['user', 'enable', 'a', 'b'], 'too many arguments'],
    ['a role that does not exist', ['user', 'create', 'a', '--role', 'root'], 'Allowed choices'],
    ['a role to change to that does not exist', ['user', 'role', 'a', 'root'], 'Allowed choices'],
    ['no role to change to', ['user', 'role', 'a'], "missing required argument 'role'"],
    ['nobody to ask before a deletion', ['user', 'delete', 'a'], '--yes'],
    ['an invitation without an address', ['user', 'create', 'a', '--invite'], '--email'],
    [
      'an invitation with a password',
      ['user', 'create', 'a', '--invite', '--password-stdin'],
      'cannot be used with',
    ],
    ['an option without its value', ['user', 'create', 'a', '--email'], 'argument missing'],
    ['a password as an option', ['user', 'create', 'a', '--password', 'p'], 'unknown option'],
    ['a password as an argument', ['user', 'password', 'a', 'p'], 'too many arguments'],
    ['a client without a name', ['client', 'create'], "missing required argument 'name'"],
    ['a grant that does not exist', ['client', 'create', 'a', '--grant', 'x'], 'Allowed choices'],
    ['a scope that does not exist', ['client', 'update', 'a', '--scope', 'x'], 'Allowed choices'],
    ['nothing to change', ['client', 'update', 'a'], 'Nothing is named'],
    [
      'two ways to withdraw secrets',
      ['client', 'secret', 'a', '--withdraw-older', '--withdraw-all'],
      'cannot be used with',
    ],
    ['an end of nothing', ['session', 'end'], '--all'],
    ['an end of one and of a user’s', ['session', 'end', 'id', '--user', 'a'], 'not both'],
    ['an end of one and of all', ['session', 'end', 'id', '--all'], 'not both'],
    ['an end of a user’s and of all', ['session', 'end', '--user', 'a', '--all'], 'cannot be used'],
    ['a time that is none', ['audit', 'list', '--since', 'yesterday'], 'no time'],
    ['an event that does not exist', ['audit', 'list', '--event', 'x'], 'Allowed choices'],
    ['a limit that is none', ['audit', 'list', '--limit', '0'], '1 to 999999'],
    ['an argument to purge', ['purge', 'sessions'], 'too many arguments'],
    ['nowhere to get a password from', ['user', 'create', 'a'], '--password-stdin'],
    ['nowhere to get a new password from', ['user', 'password', 'a'], '--password-stdin'],
  ])('exits 2 on %s', async (_what, args, reason) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it.each([
    [['usr'], 'Did you mean user?'],
    [['docter'], 'Did you mean doctor?'],
    [['user', 'lst'], 'Did you mean list?'],
    [['keys', 'list', '--jsn'], 'Did you mean --json?'],
  ])('suggests for %j what was meant', async (args, suggestion) => {
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).toContain(suggestion);
  });

  it.each([
    'client create',
    'client list',
    'client update',
    'client secret',
    'session list',
    'keys list',
    'keys rotate',
    'keys revoke',
    'user create',
    'user list',
    'purge',
    'backup',
    'doctor',
  ])('answers %s as JSON, too', async (command) => {
    const { stdout } = await runHere([...command.split(' '), '--help']);
    expect(stdout).toMatch(/--json +as (a )?JSON/);
  });
});

describe('the process of npm run hallpass', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;

  beforeAll(async () => {
    folder = await emptyFolder();
  });
  afterAll(() => folder.remove());

  it.each([
    ['a wrong command line', ['nope'], 2],
    ['no password', ['user', 'create', 'alice'], 2],
    ['a question for help', ['user', 'create', '--help'], 0],
  ])('ends on %s with the code %s %i', async (_what, args, code) => {
    expect(await hallpass(args, { cwd: folder.path, env: testing })).toMatchObject({ code });
  });

  it.runIf(hasTerminal)(
    'has a refusal in red on a terminal, and as it is with NO_COLOR',
    async () => {
      const at = (env: Record<string, string>) =>
        startOnTerminal('cli', ['user', 'enable', 'nobody'], {
          cwd: folder.path,
          env: { ...testing, TERM: 'xterm', ...env },
        }).ended;
      expect((await at({})).stdout).toBe('\x1b[31mThere is no user nobody\x1b[39m\r\n');
      expect((await at({ NO_COLOR: '1' })).stdout).toBe('There is no user nobody\r\n');
    },
  );

  it('exits 1 with every fault of the settings', async () => {
    const env = { ...testing, PORT: 'none', LOG_LEVEL: 'loud' };
    const { code, stderr } = await hallpass(['user', 'list'], { cwd: folder.path, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/\n- PORT [^\n]*\n- LOG_LEVEL /);
  });

  it('exits 1 when the database does not answer, without its password', async () => {
    const DATABASE_URL = 'postgres://hallpass:hunter2@127.0.0.1:1/hallpass';
    const { code, stdout, stderr } = await hallpass(['user', 'list'], {
      cwd: folder.path,
      env: { ...testing, DATABASE_URL },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The database of DATABASE_URL .*ECONNREFUSED.*\n$/);
  });

  it('exits 1 on a database that would be gone with the command', async () => {
    const env = { ...testing, DATABASE_URL: 'sqlite::memory:' };
    const { code, stderr } = await hallpass(['user', 'list'], { cwd: folder.path, env });
    expect(code).toBe(1);
    expect(stderr).toContain('sqlite::memory:');
  });

  it.each([['secret'], ['user list']])(
    'ends as if nothing were when the reader of %j has left',
    async (command) => {
      const child = start('cli', command.split(' '), { cwd: folder.path, env: testing });
      child.process.stdout.destroy();
      const [code] = (await once(child.process, 'exit')) as [number | null];
      expect({ code, stderr: child.stderr }).toEqual({ code: 0, stderr: '' });
    },
  );
});
