import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { postForm, sendJson, signIn } from '../support/http.js';
import { mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import { deedsAbout, openSession, type Pair, refresh, statusOf } from '../support/refresh.js';

const NEW = 'another garden';

describe('POST /users/me/password', () => {
  let service: TestApp;
  let user: User;
  let pair: Pair;

  const change = (body: unknown, token = pair.access) =>
    sendJson(`${service.url}/users/me/password`, 'POST', body, token);

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service);
    pair = await openSession(service, { username: user.username, password: PASSWORD });
  });
  afterAll(() => service.close());

  it('ends every session, the caller’s included, and only the new password signs in', async () => {
    const other = await openSession(service, { username: user.username, password: PASSWORD });
    const answer = await change({ current_password: PASSWORD, new_password: NEW });
    expect(answer).toMatchObject({ status: 204, text: '' });
    for (const each of [pair, other]) {
      expect(await statusOf(service, each.access)).toBe(401);
      expect((await refresh(service, each.refresh)).status).toBe(400);
    }
    await signIn(service.url, user.username, NEW);
    const old = await postForm(`${service.url}/token`, {
      username: user.username,
      password: PASSWORD,
    });
    expect(old.status).toBe(401);
  });

  it('refuses a wrong password with a 403, which signs nobody out', async () => {
    const answer = await change({ current_password: 'wrong', new_password: NEW });
    expect(answer).toMatchObject({ status: 403, body: { detail: 'Incorrect password' } });
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await statusOf(service, pair.access)).toBe(200);
  });

  it.each([
    ['short', /at least 8/],
    ['iloveyou1', /most common/],
    ['hallpass!', /must not be the name/],
  ])('refuses %j, before the current password is looked at', async (new_password, message) => {
    const answer = await change({ current_password: 'wrong', new_password });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      { field: 'new_password', message: expect.stringMatching(message) as string },
    ]);
  });

  it('needs both', async () => {
    expect((await change({ new_password: NEW })).body.errors).toMatchObject([
      { field: 'current_password' },
    ]);
    expect((await change({ current_password: PASSWORD })).body.errors).toMatchObject([
      { field: 'new_password' },
    ]);
  });

  it('changes it once when asked twice at the same moment', async () => {
    const answers = await Promise.all(
      ['first garden', 'second garden'].map((new_password) =>
        change({ current_password: PASSWORD, new_password }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses[0]).toBe(204);
    // The loser has proved the old password in time, or has come after its end.
    expect([401, 403, 409]).toContain(statuses[1]);
    const winner = answers[0]?.status === 204 ? 'first garden' : 'second garden';
    await signIn(service.url, user.username, winner);
  });

  it('is written down, with the end of the sessions', async () => {
    await change({ current_password: PASSWORD, new_password: NEW });
    const actor = `user:${user.id}`;
    const entries = await deedsAbout(service, user);
    expect(entries).toMatchObject([
      { event: 'user.password_changed', actor, subject: actor, ip: '127.0.0.1' },
      { event: 'sessions.ended', actor, reason: 'password_changed' },
    ]);
  });

  it('tells the person by mail', async () => {
    await change({ current_password: PASSWORD, new_password: NEW });
    const [mail] = await mailsTo(service, user.email as string);
    expect(mail?.subject).toBe('Your password was changed');
  });
});

describe('the number of wrong passwords', () => {
  it('is one for every pathway that takes a password', async () => {
    const service = await startApp({ limited: true });
    const user = await somebody(service);
    const token = await signIn(service.url, user.username, PASSWORD);
    const body = { current_password: 'wrong', new_password: NEW, password: 'wrong' };
    const { current_password, new_password, password } = body;
    const guesses = [
      () =>
        sendJson(
          `${service.url}/users/me/password`,
          'POST',
          { current_password, new_password },
          token,
        ),
      () => sendJson(`${service.url}/users/me/deletion`, 'POST', { password }, token),
      () => postForm(`${service.url}/token`, { username: user.username, password }),
    ];
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      statuses.push((await guesses[n % guesses.length]?.())?.status ?? 0);
    }
    expect(statuses.slice(0, 10).toSorted()).toEqual([
      401,
      401,
      401,
      ...Array<number>(7).fill(403),
    ]);
    expect(statuses.slice(10)).toEqual([429, 429]);
    await service.close();
  });
});
