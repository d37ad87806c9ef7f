import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, call, postForm, signIn } from '../support/http.js';
import { freePort } from '../support/free-port.js';
import { emptyFolder, listening, type Server, start } from './processes.js';

describe('npm run demo', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let demo: Server;

  beforeAll(async () => {
    folder = await emptyFolder();
    const env = {
      PORT: String(await freePort()),
      HOST: '0.0.0.0',
      DATABASE_URL: 'sqlite:data/real.sqlite',
      ADMIN_PASSWORD: 'correct horse',
    };
    demo = await listening(start('demo', [], { cwd: folder.path, env }));
    await demo.says('gone when this stops');
  });
  afterAll(async () => {
    await demo.stop();
    await folder.remove();
  });

  it.each([
    ['johndoe', 'secret', 'admin'],
    ['alice', 'secret2', 'user'],
  ])('lets %s in', async (username, password, role) => {
    const token = await signIn(demo.url, username, password);
    const me = await call(`${demo.url}/users/me`, { headers: bearer(token) });
    expect(me).toMatchObject({ status: 200, body: { username, role } });
  });

  it('refuses bob, who is disabled, and everybody else', async () => {
    for (const [username, password] of [
      ['bob', 'secret3'],
      ['admin', 'correct horse'],
    ] as const) {
      const answer = await postForm(`${demo.url}/token`, { username, password });
      expect(answer).toMatchObject({
        status: 401,
        body: { detail: 'Incorrect username or password' },
      });
    }
  });

  it('says who there is, and where', () => {
    expect(demo.stdout).toContain(`Docs      ${demo.url.replace('127.0.0.1', 'localhost')}/docs`);
    for (const one of ['johndoe/secret', 'alice/secret2', 'bob/secret3']) {
      expect(demo.stdout).toContain(one);
    }
  });

  it('listens on loopback only, whatever HOST says', async () => {
    const { port } = new URL(demo.url);
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address && !address.internal && address.family === 'IPv4')
      .map((address) => `http://${address?.address}:${port}/health/live`);
    for (const url of [`http://127.0.0.2:${port}/health/live`, ...others]) {
      await expect(fetch(url), url).rejects.toThrow('fetch failed');
    }
    expect((await call(`${demo.url}/health/live`)).status).toBe(200);
  });

  it('writes nothing to disk', async () => {
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is refused when NODE_ENV=production, for its passwords are public', async () => {
    const env = { NODE_ENV: 'production', PORT: String(await freePort()) };
    const { code, stdout, stderr } = await start('demo', [], { cwd: folder.path, env }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The demo .*NODE_ENV=production\n$/);
  });
});
