import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDto } from '../../src/admin/client.dto.js';
import { askAsMachine } from '../support/client-routes.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bearer, call } from '../support/http.js';
import { emptyFolder, hallpass, json, type Server, startServer, testing } from './processes.js';

const MACHINE = ['--confidential', '--grant', 'client_credentials', '--scope', 'clients:read'];
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';

describe('npm run hallpass -- client', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let options: { cwd: string; env: Record<string, string> };

  const client = (...args: string[]) => hallpass(['client', ...args], options);
  const clients = async () => json<readonly ClientDto[]>(await client('list', '--json'));
  const read = async (id: string) => (await clients()).find((one) => one.id === id);
  const create = async (...args: string[]) => {
    const { code, stdout, stderr } = await client('create', ...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as ClientDto & { secret: string };
  };

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('lists the built-in clients on a new database', async () => {
    const { code, stdout, stderr } = await client('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toMatch(/^ID +NAME +TYPE +GRANTS +DISABLED +CREATED$/);
    expect(stdout).toMatch(
      /\nhallpass +Hallpass +public +password refresh_token +no +\d{4}-\S+Z\nhallpass-docs +Hallpass docs +public +authorization_code refresh_token +no +\d{4}-\S+Z\n$/,
    );
  });

  it('creates a machine, and prints its id and its secret', async () => {
    const { code, stdout, stderr } = await client('create', 'Report builder', ...MACHINE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Created Report builder\nclient_id {6}[\da-f-]{36}\nclient_secret {2}hp_cs_[\w-]{43}\nKeep the secret: it is not shown again\n$/,
    );
  });

  it('creates an application of others, which has no secret', async () => {
    const uris = ['--redirect-uri', 'https://a.example/cb', '--redirect-uri', 'com.example.a:/cb'];
    const out = ['--post-logout-redirect-uri', 'https://a.example/'];
    const args = ['--grant', 'authorization_code', '--grant', 'refresh_token', ...uris, ...out];
    const { code, stdout } = await client('create', 'App', ...args, '--scope', 'tasks:read');
    expect(code).toBe(0);
    const [, id = ''] = /^Created App\nclient_id {2}(\S+)\n$/.exec(stdout) ?? [];
    expect(await read(id)).toMatchObject({
      name: 'App',
      confidential: false,
      first_party: false,
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['tasks:read'],
      redirect_uris: ['https://a.example/cb', 'com.example.a:/cb'],
      post_logout_redirect_uris: ['https://a.example/'],
      id_token_signed_response_alg: 'RS256',
      disabled: false,
    });
  });

  it('says every fault of a new client at once and creates nothing', async () => {
    const before = await clients();
    const faulty = ['two\nlines', '--grant', 'password', '--redirect-uri', 'javascript:x'];
    const refused = await client('create', ...faulty, '--scope', 'tokens:introspect');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^The name must be one line/),
      expect.stringMatching(/^--grant may hold password only for a first-party client/),
      expect.stringMatching(/^--scope may hold tokens:introspect only/),
      expect.stringMatching(/^--redirect-uri must be https/),
    ]);
    expect(await clients()).toEqual(before);
  });

  it('changes what is named, replaces a list, and takes one away', async () => {
    const { id } = await create('Ours', '--first-party', '--grant', 'password', '--scope', 'email');
    expect(await client('update', id, '--name', 'Ours \u001b[31m2')).toMatchObject({ code: 1 });
    const named = ['--name', 'Ours 2', '--scope', 'profile', '--id-token-alg', 'ES256'];
    const changed = await client('update', id, ...named);
    expect(changed).toEqual({ code: 0, stdout: 'Ours 2 is changed\n', stderr: '' });
    const algorithm = { id_token_signed_response_alg: 'ES256' };
    const after = {
      ...algorithm,
      name: 'Ours 2',
      scopes: ['profile'],
      grants: ['password'],
      first_party: true,
    };
    expect(await read(id)).toMatchObject(after);
    const refused = await client('update', id, '--no-first-party');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('--grant may hold password only for a first-party client');
    const taken = await client('update', id, '--no-first-party', '--no-grant', '--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ first_party: false, grants: [] });
  });

  it('shows where the docs page is, which is not to be changed', async () => {
    const redirect_uris = (await read('hallpass-docs'))?.redirect_uris;
    expect(redirect_uris).toContain('http://localhost:3000/oauth2-redirect.html');
    const args = ['update', 'hallpass-docs', '--redirect-uri', 'https://a.example/cb'];
    expect(await client(...args)).toEqual({
      code: 1,
      stdout: '',
      stderr: '--redirect-uri must stay: the docs page is where PUBLIC_URL says\n',
    });
    expect(await read('hallpass-docs')).toMatchObject({ redirect_uris });
  });

  it('never deletes the built-in client, and may disable it', async () => {
    const refused = await client('delete', 'hallpass');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('disable it instead');
    for (const time of ['first', 'second']) {
      expect(await client('disable', 'hallpass'), time).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await read('hallpass')).toMatchObject({ disabled: true });
    expect(await client('enable', 'hallpass')).toEqual({
      code: 0,
      stdout: 'Hallpass may ask for tokens\n',
      stderr: '',
    });
    expect(await read('hallpass')).toMatchObject({ disabled: false });
  });

  it('refuses a client that is not there, and secrets for a public one', async () => {
    const answers = await Promise.all([
      client('update', NO_ID, '--name', 'x'),
      client('secret', NO_ID),
      client('disable', NO_ID),
      client('enable', NO_ID),
      client('delete', NO_ID),
    ]);
    for (const { code, stdout, stderr } of answers) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^There is no client with this id/);
    }
    const noSecret = { code: 1, stdout: '', stderr: 'A public client has no secret\n' };
    expect(await client('secret', 'hallpass')).toEqual(noSecret);
    expect(await client('secret', 'hallpass', '--withdraw-all')).toEqual(noSecret);
  });

  describe('while the server runs', () => {
    let server: Server;
    const get = async (token: string) =>
      (await call(`${server.url}/clients`, { headers: bearer(token) })).status;
    const works = async (id: string, secret: string) =>
      (await askAsMachine(server, { id, secret })).status === 200;
    const moment = () => new Promise((resolve) => setTimeout(resolve, 1100));

    beforeAll(async () => {
      server = await startServer({ cwd: folder.path, env: { ...options.env, EXAMPLES: 'off' } });
    });
    afterAll(() => server.stop());

    it('makes a second secret that is valid too, and withdraws the older', async () => {
      const { id, secret } = await create('Machine', ...MACHINE);
      const { code, stdout, stderr } = await client('secret', id);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^hp_cs_[\w-]{43}\n$/);
      const second = stdout.trim();
      await moment();
      expect([await works(id, secret), await works(id, second)]).toEqual([true, true]);
      const { body } = await askAsMachine(server, { id, secret });
      const withdrawn = await client('secret', id, '--withdraw-older');
      expect(withdrawn).toMatchObject({ code: 0, stderr: '' });
      expect(withdrawn.stdout).not.toContain('hp_cs_');
      await moment();
      expect([await works(id, secret), await works(id, second)]).toEqual([false, true]);
      expect(await get(body.access_token as string)).toBe(401);
      expect(await client('secret', id, '--withdraw-all')).toMatchObject({ code: 0 });
      await moment();
      expect(await works(id, second)).toBe(false);
    });

    it.each(['disable', 'delete'])(
      'ends with %s what a client has, within a second',
      async (deed) => {
        const made = await create('Machine', ...MACHINE);
        await moment();
        const { body } = await askAsMachine(server, made);
        expect(await get(body.access_token as string)).toBe(200);
        expect(await client(deed, made.id)).toMatchObject({ code: 0, stderr: '' });
        await moment();
        expect(await get(body.access_token as string)).toBe(401);
        expect(await works(made.id, made.secret)).toBe(false);
      },
    );
  });
});
