import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearer, call, signIn } from '../support/http.js';
import { askToken } from '../support/oauth.js';
import {
  emptyFolder,
  type Environment,
  hallpass,
  hasTerminal,
  listening,
  startOnTerminal,
  startServer,
  testing,
} from './processes.js';

/** Without an AUTH_SECRET, as on a newcomer's machine. */
const NEWCOMER: Environment = { NODE_ENV: 'test', PASSWORD_COST: '4' };

describe('npm start', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;

  beforeEach(async () => {
    folder = await emptyFolder();
  });
  afterEach(() => folder.remove());

  const path = (name: string) => join(folder.path, name);
  const mode = async (name: string) => ((await stat(path(name))).mode & 0o777).toString(8);
  const password = async () =>
    (await readFile(path('data/initial-admin-password'), 'utf8')).trimEnd();
  const startHere = (env: Environment = NEWCOMER) => startServer({ cwd: folder.path, env });

  it('makes an administrator on the first start, whose password is in a file', async () => {
    const server = await startHere();
    expect(server.stdout).toContain('The first administrator has been created: admin');
    expect(server.stdout).toContain('data/initial-admin-password');
    expect(server.stdout).not.toContain(await password());
    const token = await signIn(server.url, 'admin', await password());
    const me = await call(`${server.url}/users/me`, { headers: bearer(token) });
    expect(me.body).toMatchObject({ username: 'admin', role: 'admin', disabled: false });
    const reader = await askToken(server.url, {
      username: 'admin',
      password: await password(),
      scope: 'audit:read',
    });
    const headers = bearer(reader.body.access_token as string);
    const { body } = await call(`${server.url}/audit?event=user.created`, { headers });
    expect(body.items).toMatchObject([
      { actor: 'system', subject: `user:${me.body.id as string}`, reason: 'first_administrator' },
    ]);
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('makes files that only their owner can read', async () => {
    const server = await startHere();
    expect(await readdir(path('data'))).toEqual(
      expect.arrayContaining(['auth-secret', 'hallpass.sqlite', 'initial-admin-password']),
    );
    expect(await mode('data/auth-secret')).toBe('600');
    expect(await mode('data/initial-admin-password')).toBe('600');
    for (const name of await readdir(path('data'))) {
      expect(await mode(join('data', name)), name).toMatch(/00$/);
    }
    await server.stop();
  });

  it('leaves the password of another database where it is, and says where its own one went', async () => {
    const first = await startHere();
    await first.stop();
    const kept = await password();
    const second = await startHere({ ...NEWCOMER, DATABASE_URL: 'sqlite:data/other.sqlite' });
    const file = /Its password is in (\S+): sign in/.exec(second.stdout)?.[1] ?? '';
    expect(await password()).toBe(kept);
    expect(await mode(file)).toBe('600');
    await signIn(second.url, 'admin', (await readFile(path(file), 'utf8')).trimEnd());
    await second.stop();
  });

  it('makes nobody on the second start, and tokens of the first still count', async () => {
    const first = await startHere();
    const token = await signIn(first.url, 'admin', await password());
    await first.stop();
    await rm(path('data/initial-admin-password'));
    const second = await startHere();
    expect(second.stdout).not.toContain('administrator');
    expect(await readdir(path('data'))).not.toContain('initial-admin-password');
    expect((await call(`${second.url}/users/me`, { headers: bearer(token) })).status).toBe(200);
    await second.stop();
  });

  it('makes one administrator when two start at once, and both serve', async () => {
    const env = { ...NEWCOMER, PUBLIC_URL: 'http://localhost:3000' };
    const servers = await Promise.all([startHere(env), startHere(env)]);
    const [one, other] = servers;
    expect(one.url).not.toBe(other.url);
    const reports = servers.filter(({ stdout }) => stdout.includes('administrator'));
    expect(reports).toHaveLength(1);
    const token = await signIn(one.url, 'admin', await password());
    const me = await call(`${other.url}/users/me`, { headers: bearer(token) });
    expect(me.body).toMatchObject({ username: 'admin' });
    const list = await hallpass(['user', 'list', '--json'], { cwd: folder.path, env });
    expect(JSON.parse(list.stdout)).toHaveLength(1);
    expect(await readdir(path('data'))).not.toContainEqual(expect.stringMatching(/password\./));
    for (const server of servers) await server.stop();
  });

  it('takes ADMIN_USERNAME and ADMIN_PASSWORD once, and shows no password', async () => {
    const env = { ...NEWCOMER, ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse' };
    const server = await startHere(env);
    expect(server.stdout).toContain('created: root');
    expect(server.stdout).not.toContain('correct horse');
    expect(await readdir(path('data'))).not.toContain('initial-admin-password');
    await signIn(server.url, 'root', 'correct horse');
    await server.stop();
    const again = await startHere({ ...env, ADMIN_USERNAME: 'toor' });
    expect(again.stdout).not.toContain('administrator');
    await again.stop();
  });

  it('reads .env, and lets the environment win', async () => {
    await writeFile(path('.env'), 'ADMIN_USERNAME=fromfile\nADMIN_PASSWORD=from-the-file\n');
    const server = await startHere({ ...NEWCOMER, ADMIN_USERNAME: 'fromshell' });
    expect(await signIn(server.url, 'fromshell', 'from-the-file')).toContain('.');
    await server.stop();
  });

  it('prints where the docs, the OpenAPI document and the issuer are, and they are there', async () => {
    const server = await startHere({ ...testing, PUBLIC_URL: 'https://id.example.com/auth/' });
    const [, address] = /Hallpass is listening on (\S+)/.exec(server.stdout) ?? [];
    expect(address).toMatch(/^http:\/\/localhost:\d+$/);
    expect(server.stdout).toContain(`  Docs      ${address}/docs\n`);
    expect(server.stdout).toContain(`  OpenAPI   ${address}/openapi.json\n`);
    expect(server.stdout).toContain('  Issuer    https://id.example.com/auth\n');
    expect((await call(`${server.url}/docs`)).status).toBe(200);
    expect((await call(`${server.url}/openapi.json`)).status).toBe(200);
    await server.stop();
  });

  it('promises no docs where there are none', async () => {
    const server = await startHere({ ...testing, DOCS: 'off' });
    expect(server.stdout).toContain('Docs      off');
    expect(server.stdout).not.toContain('/openapi.json');
    await server.stop();
  });

  describe.runIf(hasTerminal)('on a terminal', () => {
    const shown = /Password {2}(\S+)/;

    it('shows the password there and writes it nowhere', async () => {
      const options = { cwd: folder.path, env: { ...NEWCOMER, PORT: '0' } };
      const server = await listening(startOnTerminal('main', [], options));
      const [, generated = ''] = shown.exec(server.stdout) ?? [];
      await signIn(server.url, 'admin', generated);
      expect(await readdir(path('data'))).not.toContain('initial-admin-password');
      server.process.stdin.write('\x03'); // Ctrl-C, as a person stops it
      expect((await server.ended).code).toBe(0);
    });

    it('shows it although the port is taken, for it is never shown again', async () => {
      const other = await startHere(testing);
      await rm(path('data'), { recursive: true });
      const env = { ...NEWCOMER, PORT: new URL(other.url).port };
      const failed = await startOnTerminal('main', [], { cwd: folder.path, env }).ended;
      expect(failed.code).toBe(1);
      const [, generated = ''] = shown.exec(failed.stdout) ?? [];
      await other.stop();
      const server = await startHere();
      await signIn(server.url, 'admin', generated);
      await server.stop();
    });
  });
});
