import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../src/platform/audit/audit.js';
import { Sessions } from '../../src/sessions/sessions.js';
import { User } from '../../src/users/user.entity.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { claimsOf } from '../support/forge.js';
import { bearer, call, signIn } from '../support/http.js';

const challenge = (description: string) =>
  `Bearer realm="hallpass", error="invalid_token", error_description="${description}"`;

describe('a good token whose time is over before it expires', () => {
  let service: TestApp;
  let user: User;
  let token: string;
  let people = 0;
  const me = (credential = token) =>
    call(`${service.url}/users/me`, { headers: bearer(credential) });
  const users = () => service.app.get(UsersService);

  async function expectRefused(detail: string, credential = token): Promise<void> {
    const answer = await me(credential);
    expect(answer.status).toBe(401);
    expect(answer.body.detail).toBe(detail);
    expect(answer.headers.get('www-authenticate')).toBe(challenge(detail));
  }

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    const username = `person-${++people}`;
    user = await users().create({ username, password: 'password-1' });
    token = await signIn(service.url, username, 'password-1');
    expect((await me()).status).toBe(200); // and remembered from now on
  });
  afterAll(() => service.close());

  it('is 401 Inactive user at the next request after the user was disabled', async () => {
    await users().change({ id: user.id }, { disabled: true });
    await expectRefused('Inactive user');
  });

  it('stays out when the user is enabled again, and a new sign-in opens', async () => {
    await users().change({ id: user.id }, { disabled: true });
    await users().change({ id: user.id }, { disabled: false });
    await expectRefused('Could not validate credentials');
    expect((await me(await signIn(service.url, user.username, 'password-1'))).status).toBe(200);
  });

  it('is 401 at the next request after the password was changed', async () => {
    await service.app.get(Passwords).set(user.id, 'password-2');
    await expectRefused('Could not validate credentials');
  });

  it('is 401 at the next request after its session was ended, and no other session is', async () => {
    const other = await signIn(service.url, user.username, 'password-1');
    await service.app
      .get(Sessions)
      .end({ id: String(claimsOf(token)['sid']), userId: user.id }, 'signed_out', SYSTEM);
    await expectRefused('Could not validate credentials');
    expect((await me(other)).status).toBe(200);
  });

  it('is 401 within a second after another process deleted the user', async () => {
    await service.app.get(DataSource).getRepository(User).delete({ id: user.id });
    await expect.poll(async () => (await me()).status, { timeout: 2000 }).toBe(401);
    await expectRefused('Could not validate credentials');
  });

  it('is 401 within a second after another process disabled the user', async () => {
    const change = { disabled: true, authEpoch: 1 };
    await service.app.get(DataSource).getRepository(User).update({ id: user.id }, change);
    await expect.poll(async () => (await me()).status, { timeout: 2000 }).toBe(401);
    await expectRefused('Inactive user');
  });

  it('never gets a yes from requests that raced with the end', async () => {
    for (let round = 0; round < 10; round++) {
      const raced = await signIn(service.url, user.username, 'password-1');
      const early = Array.from({ length: 5 }, () => me(raced));
      await service.app
        .get(Sessions)
        .end({ id: String(claimsOf(raced)['sid']), userId: user.id }, 'signed_out', SYSTEM);
      expect((await me(raced)).status).toBe(401);
      for (const answer of await Promise.all(early)) expect([200, 401]).toContain(answer.status);
      expect((await me(raced)).status).toBe(401);
    }
  });
});
