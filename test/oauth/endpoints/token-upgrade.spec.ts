import { hashSync } from 'bcryptjs';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { User } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, signIn } from '../../support/http.js';
import { askToken, INCORRECT } from '../../support/oauth.js';

describe('a password hash that comes from elsewhere', () => {
  let service: TestApp;
  let made = 0;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  /** A user whose stored hash is this text. */
  async function userWith(passwordHash: string): Promise<string> {
    const username = `moved-${++made}`;
    await service.app.get(UsersService).create({ username, password: 'not this one' });
    await service.app.get(DataSource).getRepository(User).update({ username }, { passwordHash });
    return username;
  }

  async function stored(username: string): Promise<User> {
    const user = await service.app.get(UsersService).findWithPasswordHash(username);
    if (!user) throw new Error(`${username} is gone`);
    return user;
  }

  it.each(['2a', '2b', '2y'])('of $%s$ signs in, and is a v=2 hash afterwards', async (prefix) => {
    const username = await userWith(hashSync('legacy-1', 4).replace('$2b$', `$${prefix}$`));
    expect((await askToken(service.url, { username, password: 'legacy-1' })).status).toBe(200);
    const { passwordHash, authEpoch } = await stored(username);
    expect(passwordHash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);
    expect(authEpoch).toBe(0);
    expect((await askToken(service.url, { username, password: 'legacy-1' })).status).toBe(200);
  });

  it('keeps the sessions from before the upgrade alive', async () => {
    const username = await userWith(hashSync('legacy-2', 4));
    const first = await signIn(service.url, username, 'legacy-2');
    await signIn(service.url, username, 'legacy-2');
    const answer = await call(`${service.url}/users/me`, { headers: bearer(first) });
    expect(answer.status).toBe(200);
  });

  it('stays as it is after a wrong password', async () => {
    const hash = hashSync('legacy-3', 4);
    const username = await userWith(hash);
    expect(await askToken(service.url, { username, password: 'wrong' })).toMatchObject(INCORRECT);
    expect((await stored(username)).passwordHash).toBe(hash);
  });

  it('of a password over 72 bytes signs in and stays, as nobody checked its tail', async () => {
    const password = 'x'.repeat(80);
    const hash = hashSync(password, 4);
    const username = await userWith(hash);
    expect((await askToken(service.url, { username, password })).status).toBe(200);
    expect((await stored(username)).passwordHash).toBe(hash);
  });

  it('is upgraded by sign-ins at once without failing any', async () => {
    const username = await userWith(hashSync('legacy-4', 4));
    const fields = { username, password: 'legacy-4' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => askToken(service.url, fields)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await stored(username)).passwordHash).toMatch(/^\$bcrypt-sha256\$v=2/);
  });

  it.each([
    ['$2x$', hashSync('legacy-5', 4).replace('$2b$', '$2x$')],
    ['a cost above 15', hashSync('legacy-5', 4).replace('$04$', '$31$')],
    ['half a hash', hashSync('legacy-5', 4).slice(0, 40)],
    ['the password itself', 'legacy-5'],
    ['nothing', ''],
    ['another scheme', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA'],
  ])('that is %s is the ordinary 401', async (_what, hash) => {
    const username = await userWith(hash);
    expect(await askToken(service.url, { username, password: 'legacy-5' })).toMatchObject(
      INCORRECT,
    );
    expect((await stored(username)).passwordHash).toBe(hash);
  });
});
