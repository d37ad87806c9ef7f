import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../../src/users/password-hasher.js';
import { startApp, type TestApp } from '../../support/app.js';
import type { Answer } from '../../support/http.js';
import { askToken, INCORRECT, oauthError } from '../../support/oauth.js';

const TOO_MANY = oauthError(429, 'temporarily_unavailable', /\S/);

function statuses(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('guessing passwords at POST /token (RFC 6749 §4.3.2)', () => {
  let service: TestApp;
  let host = 0;
  let address = '';

  /** Each test guesses from an address of its own. */
  const guess = (fields: Record<string, string> = {}, from = address) =>
    askToken(service.url, { password: 'wrong', ...fields }, { 'x-forwarded-for': from });
  const guessTimes = async (times: number, fields?: Record<string, string>) => {
    for (let i = 0; i < times; i++) expect(await guess(fields)).toMatchObject(INCORRECT);
  };

  beforeAll(async () => {
    service = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
  });
  beforeEach(() => {
    address = `203.0.113.${++host}`;
    service.clock.forward({ seconds: 1800 }); // what the test before counted is past
    vi.restoreAllMocks();
  });
  afterAll(() => service.close());

  it('stops after 10 failures: 429 with Retry-After, whatever the password', async () => {
    await guessTimes(10);
    const answer = await guess();
    expect(answer).toMatchObject(TOO_MANY);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d{0,2}$/);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await guess({ password: 'secret' })).toMatchObject(TOO_MANY);
  });

  it('counts an unknown and a disabled user alike, so that neither stands out', async () => {
    await guessTimes(10, { username: 'nobody' });
    expect(await guess({ username: 'nobody' })).toMatchObject(TOO_MANY);
    await guessTimes(10, { username: 'bob', password: 'secret3' });
    expect(await guess({ username: 'bob', password: 'secret3' })).toMatchObject(TOO_MANY);
  });

  it('counts every spelling of a username as one', async () => {
    await guessTimes(5, { username: 'JohnDoe' });
    await guessTimes(5, { username: 'ｊｏｈｎｄｏｅ' });
    expect(await guess()).toMatchObject(TOO_MANY);
  });

  it('leaves other names at this address, and this name at other addresses, alone', async () => {
    await guessTimes(10);
    const alice = await guess({ username: 'alice', password: 'secret2' });
    expect(alice.status).toBe(200);
    const elsewhere = await guess({ password: 'secret' }, '198.51.100.1');
    expect(elsewhere.status).toBe(200);
  });

  it('stops an address after 100 failures over all names, and no other address', async () => {
    for (let i = 0; i < 100; i++) await guessTimes(1, { username: `user-${i}` });
    expect(await guess({ username: 'somebody' })).toMatchObject(TOO_MANY);
    expect(await guess({ password: 'secret' })).toMatchObject(TOO_MANY);
    expect((await guess({ password: 'secret' }, '198.51.100.2')).status).toBe(200);
  });

  it('does not count a refused guess against the address', async () => {
    await guessTimes(10);
    for (let i = 0; i < 120; i++) expect((await guess()).status).toBe(429);
    expect((await guess({ username: 'alice', password: 'secret2' })).status).toBe(200);
  });

  it('gives a success back its own reservation, and no failure before it', async () => {
    await guessTimes(9);
    for (let i = 0; i < 5; i++) expect((await guess({ password: 'secret' })).status).toBe(200);
    await guessTimes(1);
    expect(await guess({ password: 'secret' })).toMatchObject(TOO_MANY);
  });

  it('gives a success back to the address, which counts on from there', async () => {
    for (let i = 0; i < 99; i++) await guessTimes(1, { username: `user-${i}` });
    const alice = { username: 'alice', password: 'secret2' };
    for (let i = 0; i < 3; i++) expect((await guess(alice)).status).toBe(200);
    await guessTimes(1, { username: 'user-99' });
    expect(await guess({ username: 'user-100' })).toMatchObject(TOO_MANY);
  });

  it('forgets after a quarter of an hour, as Retry-After says', async () => {
    await guessTimes(10);
    const seconds = Number((await guess()).headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(910);
    service.clock.forward({ seconds });
    expect(await guess()).toMatchObject(INCORRECT);
  });

  it('says the same of a name that is somebody’s and one that is nobody’s', async () => {
    const refusals = [];
    for (const username of ['johndoe', 'nobody', 'no body']) {
      await guessTimes(10, { username });
      const { body, headers, status } = await guess({ username });
      const names = [...headers.keys()].filter((name) => name !== 'retry-after');
      refusals.push({ body: body as unknown, names, status });
    }
    const [known, ...unknown] = refusals;
    expect(unknown).toEqual([known, known]);
  });

  it('never counts what is refused before the password is looked at', async () => {
    for (let i = 0; i < 12; i++) {
      expect((await guess({ client_id: 'nobody' })).status).toBe(401);
      expect((await guess({ scope: 'nope' })).status).toBe(400);
      expect((await guess({ password: 'x'.repeat(1025) })).status).toBe(400);
    }
    expect((await guess({ password: 'secret' })).status).toBe(200);
  });

  it('evaluates no more than 10 of 200 guesses sent at once', async () => {
    const verify = vi.spyOn(service.app.get(PasswordHasher), 'verify');
    const answers = await Promise.all(Array.from({ length: 200 }, () => guess()));
    expect(statuses(answers)).toEqual({ 401: 10, 429: 190 });
    expect(verify).toHaveBeenCalledTimes(10);
  });

  it('evaluates no more than 100 of 300 guesses sent at once at as many names', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => guess({ username: `user-${i}` })),
    );
    const { 401: evaluated = 0, 429: limited = 0, 503: busy = 0 } = statuses(answers);
    expect(evaluated).toBeLessThanOrEqual(100);
    expect(evaluated + limited + busy).toBe(300);
  });

  it('asks for one comparison whether the user is known, unknown, disabled or impossible', async () => {
    const verify = vi.spyOn(service.app.get(PasswordHasher), 'verify');
    for (const username of ['johndoe', 'nobody', 'bob', 'no\0body']) await guess({ username });
    expect(verify.mock.calls.map(([, stored]) => stored !== null)).toEqual([
      true,
      false,
      false, // a right password of a disabled user would be known by its time where the hash is a cheap one
      false,
    ]);
  });

  it('locks nobody out who was right each time, however many sign-ins came at once', async () => {
    const alice = { username: 'alice', password: 'secret2' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => guess(alice)));
    for (const { status, headers } of answers) {
      expect([200, 429]).toContain(status);
      if (status === 429) expect(headers.get('retry-after')).toBe('1');
    }
    expect((await guess(alice)).status).toBe(200);
  });

  it('counts all texts that can be nobody’s name as one', async () => {
    const answers = [];
    for (let i = 0; i < 12; i += 1) answers.push(await guess({ username: `no body ${i}` }));
    expect(statuses(answers)).toEqual({ 401: 10, 429: 2 });
  });
});
