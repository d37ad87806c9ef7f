import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, bearer, call, postForm } from '../support/http.js';

const ROUNDS = 10;
const SIGN_INS = 8;

/** D2: a session stores the epoch that was read before the password was looked at. */
describe('a sign-in in flight', () => {
  let service: TestApp;
  let users: UsersService;

  beforeAll(async () => {
    service = await startApp({ env: { PASSWORD_COST: '6' } });
    users = service.app.get(UsersService);
  });
  afterAll(() => service.close());

  async function race(change: (id: string) => Promise<void>, round: string): Promise<Answer[]> {
    const user = await users.create({ username: round, password: 'old password' });
    const form = { username: round, password: 'old password' };
    const signIns = Array.from({ length: SIGN_INS }, () => postForm(`${service.url}/token`, form));
    await Promise.race(signIns); // one is through, the others are on their way
    await change(user.id);
    return Promise.all(signIns);
  }

  it.each([
    ['a password change', (id: string) => users.setPassword(id, 'new password')],
    ['a disabling', (id: string) => users.disable(id)],
  ])('leaves nothing alive beside %s', async (name, change) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await race(change, `${name.replaceAll(' ', '-')}-${round}`);
      for (const answer of answers) {
        expect([200, 401]).toContain(answer.status);
        if (answer.status !== 200) continue;
        const headers = bearer(answer.body.access_token as string);
        expect((await call(`${service.url}/users/me`, { headers })).status).toBe(401);
      }
    }
  });
});
