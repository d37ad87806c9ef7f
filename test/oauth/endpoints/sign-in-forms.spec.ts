import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { auditRows } from '../../support/audit.js';
import type { TestClient } from '../../support/clients.js';
import { addApplication, REDIRECT_URI } from '../../support/codes.js';
import type { Answer } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { PASSWORD, somebody } from '../../support/people.js';
import { answerOf, authorizePath, formOf, pkce, Visitor } from '../../support/visitor.js';

const ALICE = { username: 'alice', password: 'secret2' };
const SESSION = 'hallpass_session';
const FORM_COOKIE = 'hallpass_form';

/** Headers by which a browser says that a form is another site's, or might be. */
const FOREIGN_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://attacker.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'null' },
  { 'sec-fetch-site': 'none', origin: 'https://attacker.example' },
  { origin: 'https://attacker.example' },
  { origin: 'http://127.0.0.1:1' },
  { origin: 'http://127.0.0.1.attacker.example' },
];

const withoutTokens = ({ text }: Answer) =>
  text.replaceAll(/(name="(?:csrf|continue)" value=)"[^"]*"/g, '$1""');
const audited = async (app: TestApp) =>
  (await auditRows(app).find()).map(({ event, result, reason }) => ({ event, result, reason }));

describe('the form of /sign-in', () => {
  let app: TestApp;
  let client: TestClient;
  let visitor: Visitor;
  const code_challenge = pkce().challenge;

  const path = () =>
    authorizePath({ client_id: client.id, redirect_uri: REDIRECT_URI, code_challenge });
  const open = async (by = visitor) => by.follow(await by.get(path()));
  const expectNothingDone = async (answer: Answer, status: number, title: string) => {
    expectPage(answer, status, title);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.getSetCookie().join()).not.toContain(SESSION);
    expect(await auditRows(app).countBy({ event: 'sign_in' })).toBe(0);
  };
  const isSignedIn = async (by: Visitor) => (await by.get('sign-in')).text.includes('sign-out');

  beforeAll(async () => {
    app = await startApp();
    client = await addApplication(app);
    return () => app.close();
  });
  beforeEach(async () => {
    visitor = new Visitor(app.url);
    await auditRows(app).clear();
  });

  describe('from elsewhere (RFC 6749 §10.12)', () => {
    const FOREIGN = 'This form cannot be accepted';

    it.each(FOREIGN_HEADERS)('is refused with %o', async (headers) => {
      const { action, hidden } = formOf((await open()).text);
      const answer = await visitor.post(action, { ...hidden, ...ALICE }, headers);
      await expectNothingDone(answer, 403, FOREIGN);
    });

    it('is refused without a token, with another, and with one in the URL', async () => {
      const { action, hidden } = formOf((await open()).text);
      const { csrf = '', ...rest } = hidden;
      const another = formOf((await open(new Visitor(app.url))).text).hidden['csrf'] ?? '';
      for (const wrong of ['', another, `${csrf}A`, csrf.slice(1), csrf.toLowerCase(), '0']) {
        const answer = await visitor.post(action, { ...rest, ...ALICE, csrf: wrong });
        await expectNothingDone(answer, 403, FOREIGN);
      }
      const inUrl = await visitor.post(`${action}?csrf=${csrf}`, { ...rest, ...ALICE });
      await expectNothingDone(inUrl, 403, FOREIGN);
    });

    it('is refused without the cookie, with another browser’s, and with two', async () => {
      const { action, hidden } = formOf((await open()).text);
      const mine = visitor.cookies.get(FORM_COOKIE) ?? '';
      const neighbour = new Visitor(app.url);
      await open(neighbour);
      for (const cookie of [
        '',
        `${FORM_COOKIE}=`,
        `${FORM_COOKIE}=${neighbour.cookies.get(FORM_COOKIE)}`,
        `${FORM_COOKIE}=${mine}; ${FORM_COOKIE}=x`,
      ]) {
        const bare = new Visitor(app.url);
        const answer = await bare.post(action, { ...hidden, ...ALICE }, { cookie });
        await expectNothingDone(answer, 403, FOREIGN);
      }
    });
  });

  describe('and the cookie that a browser comes with (session fixation)', () => {
    it('never makes a planted one signed in', async () => {
      const planted = `hp_bs_${'A'.repeat(43)}`;
      visitor.cookies.set(SESSION, planted);
      await visitor.signIn();
      const given = visitor.cookies.get(SESSION);
      expect(given).toMatch(/^hp_bs_[\w-]{43}$/);
      expect(given).not.toBe(planted);
      const attacker = new Visitor(app.url);
      attacker.cookies.set(SESSION, planted);
      expect(await isSignedIn(attacker)).toBe(false);
      expect(await isSignedIn(visitor)).toBe(true);
    });

    it('ends the session of whoever planted theirs, and gives a new one at each sign-in', async () => {
      const attacker = new Visitor(app.url);
      await attacker.signIn('johndoe', 'secret');
      visitor.cookies.set(SESSION, attacker.cookies.get(SESSION) ?? '');
      const form = await visitor.follow(await visitor.get(`${path()}&prompt=login`));
      await visitor.submit(form, ALICE);
      expect(visitor.cookies.get(SESSION)).not.toBe(attacker.cookies.get(SESSION));
      expect(await isSignedIn(attacker)).toBe(false);
      const page = await visitor.get('sign-in');
      expect(page.text).toContain('alice');
    });

    it('keeps the cookie from scripts and from the forms of other sites', async () => {
      const { headers } = await visitor.signIn();
      const cookie = headers.getSetCookie().find((text) => text.startsWith(SESSION));
      expect(cookie).toMatch(/; HttpOnly/i);
      expect(cookie).toMatch(/; SameSite=Lax/i);
      expect(cookie).toMatch(/; Path=\//i);
      expect(cookie).not.toMatch(/Domain/i);
    });

    it('leaves a browser signed in as it was when the password is wrong', async () => {
      await visitor.signIn();
      const form = await visitor.follow(await visitor.get(`${path()}&prompt=login`));
      expectPage(await visitor.submit(form, { ...ALICE, password: 'no' }), 422, 'Sign in');
      expect(await isSignedIn(visitor)).toBe(true);
    });
  });

  describe('with whatever is typed', () => {
    it('tells a disabled user, a wrong password and an unknown name by the same page', async () => {
      const form = await open();
      const disabled = await visitor.submit(form, { username: 'bob', password: 'secret3' });
      const wrong = await visitor.submit(form, { username: 'bob', password: 'secret4' });
      const unknown = await visitor.submit(form, { username: 'b0b', password: 'secret3' });
      expectPage(disabled, 422, 'Sign in');
      expect(withoutTokens(wrong)).toBe(withoutTokens(disabled));
      expect(withoutTokens(unknown).replaceAll('b0b', 'bob')).toBe(withoutTokens(disabled));
      const names = ({ headers }: Answer) => [...headers.keys()].toSorted();
      expect(names(unknown)).toEqual(names(disabled));
    });

    it.each([
      ['a name that is too long', { username: 'x'.repeat(5000), password: 'secret2' }, 422],
      ['a password that is too long', { username: 'alice', password: 'x'.repeat(5000) }, 422],
      ['no name', { username: '', password: 'secret2' }, 422],
      ['no password', { username: 'alice', password: '' }, 422],
      ['spaces for a name', { username: '   ', password: 'secret2' }, 422],
      ['control characters', { username: 'al\u001bice', password: 'secret2' }, 422],
      ['a name written backwards', { username: '\u202Ealice', password: 'secret2' }, 422],
      ['NUL in the name', { username: 'alice\0', password: 'secret2' }, 400],
      ['NUL in the password', { username: 'alice', password: 'secret2\0' }, 400],
      ['more than a form may hold', { username: 'alice', password: 'x'.repeat(70_000) }, 413],
    ])('refuses %s on a page', async (_what, typed, status) => {
      const answer = await visitor.submit(await open(), typed);
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.getSetCookie().join()).not.toContain(SESSION);
      expect(answer.text).not.toContain(`value="${typed.password || 'secret2'}`);
    });

    it('ignores fields that it does not know, and refuses those that come twice', async () => {
      const form = await open();
      const more = { role: 'admin', client_id: 'x', redirect_uri: 'https://attacker.example/' };
      const answer = await visitor.submit(form, { ...ALICE, ...more });
      expect(answer.headers.get('location')).toContain(`${REDIRECT_URI}?code=`);
      const nested = await visitor.submit(form, { ...ALICE, 'username[a]': 'johndoe' });
      expect(nested.status).toBe(400);
    });
  });

  it('writes down who signed in where, and who did not', async () => {
    const form = await open();
    await visitor.submit(form, { ...ALICE, password: 'no' });
    await visitor.submit(form, { username: 'bob', password: 'secret3' });
    await visitor.submit(form, ALICE);
    expect(await audited(app)).toEqual(
      expect.arrayContaining([
        { event: 'sign_in', result: 'refused', reason: 'wrong_password' },
        { event: 'sign_in', result: 'refused', reason: 'disabled' },
        { event: 'sign_in', result: 'success', reason: null },
        { event: 'authorization.granted', result: 'success', reason: null },
      ]),
    );
    const [entry] = await auditRows(app).findBy({ event: 'sign_in', result: 'success' });
    expect(entry).toMatchObject({
      actor: `client:${client.id}`,
      subject: `user:${app.people.alice.id}`,
    });
    const granted = await auditRows(app).findOneBy({ event: 'authorization.granted' });
    expect(granted).toMatchObject({
      actor: `user:${app.people.alice.id}`,
      subject: `client:${client.id}`,
    });
  });

  it('logs nothing that would sign anybody in, nor anything that was typed', async () => {
    const person = await somebody(app);
    const form = await open();
    const { hidden } = formOf(form.text);
    await visitor.submit(form, { username: person.username, password: 'Canary-wrong-1' });
    const answer = await visitor.submit(form, { username: person.username, password: PASSWORD });
    const secrets = [
      'Canary-wrong-1',
      PASSWORD,
      hidden['csrf'],
      hidden['continue'],
      answerOf(answer)['code'],
      visitor.cookies.get(SESSION),
      visitor.cookies.get(FORM_COOKIE),
    ];
    for (const secret of secrets) {
      expect(secret).toMatch(/.{7}/);
      expect(app.log()).not.toContain(secret);
    }
    expect(app.log()).not.toContain(encodeURIComponent(PASSWORD));
  });
});

describe('guessing at /sign-in', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
    return () => app.close();
  });

  it('ends after 10 failures: 429 with Retry-After, on the page, whatever the password', async () => {
    const visitor = new Visitor(app.url, { 'x-forwarded-for': '203.0.113.1' });
    const form = await visitor.get('sign-in');
    for (let i = 0; i < 10; i++) {
      expectPage(await visitor.submit(form, { ...ALICE, password: 'no' }), 422, 'Sign in');
    }
    for (const password of ['no', ALICE.password]) {
      const answer = await visitor.submit(form, { ...ALICE, password });
      expectPage(answer, 429, 'Sign in');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d{0,2}$/);
      expect(answer.text).toMatch(/Too many attempts\. Try again in (a minute|\d+ minutes)\./);
      expect(answer.text).toContain('value="alice"');
    }
    const token = await visitor.post('token', ALICE);
    expect(token.status).toBe(429); // one count for every way to try a password
    app.clock.forward({ seconds: 1800 });
    expect((await visitor.submit(form, ALICE)).status).toBe(303);
  });
});
