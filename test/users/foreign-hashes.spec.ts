import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { sendJson } from '../support/http.js';
import { mailedToken } from '../support/mails.js';
import { askToken, INCORRECT } from '../support/oauth.js';
import { somebody } from '../support/people.js';

interface Vector {
  readonly scheme: string;
  readonly about: string;
  readonly password: string;
  readonly hash: string;
}

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Vector[];

/** Of passlib's, which have a test of their own, the two that FastAPI's tutorial made. */
const vectors = [
  ...read('./foreign-vectors.json'),
  ...read('./passlib-vectors.json').filter(({ about }) => about.includes('tutorial')),
];

describe('a person who comes from another application', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  async function personWith(passwordHash: string): Promise<string> {
    const { username } = await somebody(service);
    await service.app.get(DataSource).getRepository(User).update({ username }, { passwordHash });
    return username;
  }

  async function stored(username: string): Promise<string | undefined> {
    return (await service.app.get(UsersService).findWithPasswordHash(username))?.passwordHash;
  }

  it.each(vectors)(
    'signs in with a hash of $scheme ($about), and has one of today’s afterwards',
    async ({ password, hash }) => {
      const username = await personWith(hash);
      const wrong = await askToken(service.url, { username, password: `${password}.` });
      expect(wrong).toMatchObject(INCORRECT);
      expect(await stored(username)).toBe(hash);
      expect((await askToken(service.url, { username, password })).status).toBe(200);
      expect(await stored(username)).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);
      expect((await askToken(service.url, { username, password })).status).toBe(200);
    },
  );

  it('is refused as anybody is where no password was brought along', async () => {
    const username = await personWith('!');
    for (const password of ['!', 'secret', ' ']) {
      expect(await askToken(service.url, { username, password })).toMatchObject(INCORRECT);
    }
    expect(await stored(username)).toBe('!');
  });

  it('sets a first password by mail where none was brought along', async () => {
    const username = await personWith('!');
    const asked = await sendJson(`${service.url}/password-reset`, 'POST', {
      username_or_email: username,
    });
    expect(asked.status).toBe(202);
    const token = await mailedToken(service, `${username}@example.com`);
    const set = { token, new_password: 'a garden in the rain' };
    const confirmed = await sendJson(`${service.url}/password-reset/confirm`, 'POST', set);
    expect(confirmed.status).toBe(204);
    const signedIn = await askToken(service.url, { username, password: set.new_password });
    expect(signedIn.status).toBe(200);
  });

  it('is refused where the hash asks for more than a server can give', async () => {
    const dear = [
      '$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHRzYWx0$NzU0YTFlNjgwNjg1Y2U0Yg',
      '$argon2id$v=19$m=65536,t=9999,p=4$c2FsdHNhbHRzYWx0$NzU0YTFlNjgwNjg1Y2U0Yg',
      'pbkdf2_sha256$4000000000$salt$lwq8awgOBKXFFCWdLmoYWeJJzG0r7CAC4TmzV8IFC1I=',
    ];
    for (const hash of dear) {
      const username = await personWith(hash);
      expect(await askToken(service.url, { username, password: 'x' })).toMatchObject(INCORRECT);
    }
  });
});
