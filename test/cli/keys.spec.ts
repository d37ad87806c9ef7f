import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { headerOf } from '../support/forge.js';
import { bearer, call, signIn } from '../support/http.js';
import { emptyFolder, hallpass, json, type Server, startServer, testing } from './processes.js';

/** What the issue promises for a change made by another process. */
const PROMISED_MS = 1000;

interface Listed {
  readonly kid: string;
  readonly state: string;
  readonly verifies_until: string | null;
}

describe('npm run hallpass -- keys', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let options: { cwd: string; env: Record<string, string> };

  const keys = (...args: string[]) => hallpass(['keys', ...args], options);
  const list = async () => json<Listed[]>(await keys('list', '--json'));

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('lists none on a new database, and makes none by that', async () => {
    expect(await keys('list')).toEqual({
      code: 0,
      stdout: 'There are no keys yet: the first start of the server makes them\n',
      stderr: '',
    });
    expect(await keys('list', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('rotates: the first key signs at once, the next one waits, and a third is refused meanwhile', async () => {
    const made = /^Made the key ([\w-]{43}), which signs from (\S+Z)\n$/;
    const first = await keys('rotate');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(made), stderr: '' });

    const next = await keys('rotate');
    const [, kid = '', from = ''] = made.exec(next.stdout) ?? [];
    expect(Date.parse(from) - Date.now()).toBeGreaterThan(290_000);
    expect(await keys('rotate')).toEqual({
      code: 1,
      stdout: '',
      stderr: `The key ${kid} is new and signs from ${from}: rotate again after that\n`,
    });
  });

  it('lists them as an aligned table, newest first', async () => {
    const { code, stdout } = await keys('list');
    expect(code).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^KID {42}ALGORITHM {2}STATE {4}CREATED +SIGNS FROM +VERIFIES UNTIL$/);
    expect(rows[0]).toMatch(/^[\w-]{43} {2}ES256 {6}waiting {2}\S{19}Z {2}\S{19}Z {2}-$/);
    expect(rows[1]).toMatch(/^[\w-]{43} {2}ES256 {6}signing {2}\S{19}Z {2}\S{19}Z {2}\S{19}Z$/);
    expect(rows).toHaveLength(2);
  });

  it('lists them as JSON', async () => {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string;
    const [waiting] = await list();
    expect(waiting).toEqual({
      kid: expect.stringMatching(/^[\w-]{43}$/) as string,
      algorithm: 'ES256',
      state: 'waiting',
      created_at: time,
      signs_from: time,
      verifies_until: null,
    });
  });

  it('revokes a waiting key, and the old one goes on signing', async () => {
    const [waiting] = await list();
    const dropped = await keys('revoke', waiting?.kid ?? '');
    expect(dropped).toMatchObject({ code: 0, stderr: '' });
    expect(dropped.stdout).not.toContain('signs at once');
    expect(await list()).toMatchObject([
      { state: 'revoked' },
      { state: 'signing', verifies_until: null },
    ]);
  });

  it('revokes the signing key, which is replaced; to do it twice is no fault', async () => {
    const kid = (await list())[1]?.kid ?? '';
    const revoked = await keys('revoke', kid);
    expect(revoked).toMatchObject({ code: 0, stderr: '' });
    expect(await keys('revoke', kid)).toMatchObject({ code: 0 });
    const listed = await list();
    expect(listed.map(({ state }) => state)).toEqual(['signing', 'revoked', 'revoked']);
    expect(revoked.stdout).toContain(`The new key ${listed[0]?.kid} signs at once\n`);
  });

  it('says as JSON what it made and revoked', async () => {
    const time = expect.stringMatching(/^\d{4}-\S+Z$/) as string;
    const made = JSON.parse((await keys('rotate', '--json')).stdout) as { kid: string };
    expect(made).toEqual({ kid: (await list())[0]?.kid, signs_from: time });
    const dropped = await keys('revoke', made.kid, '--json');
    expect(JSON.parse(dropped.stdout)).toEqual({ revoked: made.kid, replacement: null });
    const signing = (await list()).find(({ state }) => state === 'signing')?.kid ?? '';
    const revoked = await keys('revoke', signing, '--json');
    expect(JSON.parse(revoked.stdout)).toEqual({
      revoked: signing,
      replacement: { kid: (await list())[0]?.kid, signs_from: time },
    });
  });

  it('refuses a kid that is none, and usage that is wrong', async () => {
    const unknown = { code: 1, stdout: '', stderr: 'There is no key nothing\n' };
    expect(await keys('revoke', 'nothing')).toEqual(unknown);
    expect(await keys('revoke')).toMatchObject({ code: 2 });
    expect(await keys('rotate', 'now')).toMatchObject({ code: 2 });
  });

  it('rotates and revokes the keys of the other algorithm by name, and leaves these alone', async () => {
    const before = await list();
    const made = await keys('rotate', '--algorithm', 'RS256', '--json');
    const { kid } = JSON.parse(made.stdout) as { kid: string };
    const revoked = await keys('revoke', kid, '--json');
    const { replacement } = JSON.parse(revoked.stdout) as { replacement: { kid: string } };
    expect(await list()).toEqual([
      ...before,
      expect.objectContaining({ kid: replacement.kid, algorithm: 'RS256', state: 'signing' }),
      expect.objectContaining({ kid, algorithm: 'RS256', state: 'revoked' }),
    ]);
    const unknown = await keys('rotate', '--algorithm', 'HS256');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('ES256, RS256');
  });

  it('refuses with HS256 and names the way, and goes on with the keys of id_tokens', async () => {
    const JWT_SECRET = 'hs256-only-Qz7vX2mK9pLw4RtB8nYc3D';
    const env = { ...options.env, TOKEN_ALGORITHM: 'HS256', JWT_SECRET };
    const shared = (...args: string[]) => hallpass(['keys', ...args], { ...options, env });
    for (const args of [['rotate'], ['revoke', 'nothing']]) {
      const refused = await shared(...args);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('JWT_SECRET=new,old');
    }
    const { stdout } = await shared('list');
    expect(stdout).toMatch(/ ES256 +signing /);
    expect(stdout).toContain('signs access tokens with JWT_SECRET');
    expect(stdout).not.toContain(JWT_SECRET);
    const made = await shared('rotate', '--algorithm', 'ES256', '--json');
    const { kid } = JSON.parse(made.stdout) as { kid: string };
    expect(await shared('revoke', kid)).toMatchObject({ code: 0, stderr: '' });
  });

  it('refuses a secret that does not open the stored keys, and makes none under it', async () => {
    const before = await list();
    const env = { ...options.env, AUTH_SECRET: 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE' };
    const refused = await hallpass(['keys', 'rotate'], { ...options, env });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('AUTH_SECRET=new,old');
    expect(await list()).toEqual(before);
  });

  describe('while the server runs', () => {
    let server: Server;

    const me = async (token: string) =>
      (await call(`${server.url}/users/me`, { headers: bearer(token) })).status;
    const published = async () => {
      const { body } = await call(`${server.url}/.well-known/jwks.json`);
      const all = (body as { keys: { kid: string; alg: string }[] }).keys;
      return all.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
    };

    beforeAll(async () => {
      server = await startServer(options);
      const args = ['user', 'create', 'alice', '--password-stdin'];
      await hallpass(args, { ...options, input: 'first password' });
    });
    afterAll(() => server.stop());

    it('publishes a new key within a second', async () => {
      await keys('rotate');
      await sleep(PROMISED_MS);
      const alive = (await list()).filter(({ state }) => state !== 'revoked');
      const [waiting, signing] = alive; // those of ES256 come first
      expect(await published()).toEqual([waiting?.kid, signing?.kid]);
    });

    it('refuses the tokens of a revoked key within a second, and signs with the replacement', async () => {
      const token = await signIn(server.url, 'alice', 'first password');
      expect(await me(token)).toBe(200); // so that the server remembers
      const kid = String(headerOf(token)['kid']);
      await keys('revoke', kid);
      await sleep(PROMISED_MS);
      expect(await me(token)).toBe(401);
      expect(await published()).not.toContain(kid);
      const fresh = await signIn(server.url, 'alice', 'first password');
      expect(await me(fresh)).toBe(200);
      expect(headerOf(fresh)['kid']).toBe((await list())[0]?.kid);
    });
  });
});
