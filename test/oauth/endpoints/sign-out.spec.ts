import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/user.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { changeClient, type TestClient } from '../../support/clients.js';
import { addApplication, redeem, REDIRECT_URI, VERIFIER } from '../../support/codes.js';
import { type Answer, postForm } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { PASSWORD, somebody } from '../../support/people.js';
import { answerOf, authorizePath, formOf, pkce, Visitor } from '../../support/visitor.js';

const AFTER = 'https://app.example.com/bye?from=here';
const ASKED = 'Sign out?';
/** By which a browser says that a form is another site's, or might be. */
const FOREIGN_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://attacker.example' },
  { 'sec-fetch-site': 'cross-site', origin: 'null' },
  { origin: 'https://attacker.example' },
];
const DONE = 'You are signed out';

interface Person {
  readonly browser: Visitor;
  readonly user: User;
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** OpenID Connect RP-Initiated Logout 1.0. */
describe('/sign-out', () => {
  let app: TestApp;
  let client: TestClient;
  let other: TestClient;
  let person: Person;
  const code_challenge = pkce(VERIFIER).challenge;

  const askPath = (more: Record<string, string> = {}) =>
    authorizePath({
      client_id: client.id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
      scope: 'openid profile',
      ...more,
    });
  async function signedIn(): Promise<Person> {
    const user = await somebody(app);
    const browser = new Visitor(app.url);
    await browser.signIn(user.username, PASSWORD);
    const { code = '' } = answerOf(await browser.get(askPath()));
    const { body } = await redeem(app, client, code);
    return {
      browser,
      user,
      idToken: body.id_token as string,
      accessToken: body.access_token as string,
      refreshToken: body.refresh_token as string,
    };
  }
  const out = (query: Record<string, string>, by = person) =>
    by.browser.get(`sign-out?${new URLSearchParams(query)}`);
  const refresh = ({ refreshToken }: Person) =>
    postForm(`${app.url}/token`, {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token: refreshToken,
    });
  const isSignedIn = async ({ browser }: Person) =>
    'code' in answerOf(await browser.get(askPath({ prompt: 'none' })));
  const expectAsked = async (answer: Answer, by = person) => {
    expectPage(answer, 200, ASKED);
    expect(await isSignedIn(by)).toBe(true);
  };
  const expectFailure = async (answer: Answer, by = person) => {
    expect(answer.status, answer.text).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await isSignedIn(by)).toBe(true);
    expect((await refresh(by)).status).toBe(200);
  };

  beforeAll(async () => {
    app = await startApp();
    const uris = { postLogoutRedirectUris: [AFTER] };
    client = await addApplication(app, uris);
    other = await addApplication(app, uris);
    return () => app.close();
  });
  beforeEach(async () => {
    person = await signedIn();
  });

  describe('with an ID token of who is signed in', () => {
    it('asks nothing, ends the browser’s session and the client’s, and leads back (§2, §3)', async () => {
      const state = 'a b&c=%"ü';
      const query = { id_token_hint: person.idToken, post_logout_redirect_uri: AFTER, state };
      const answer = await out(query);
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(`${AFTER}&state=${encodeURIComponent(state)}`);
      expect(person.browser.cookies.has('hallpass_session')).toBe(false);
      const silent = await person.browser.get(askPath({ prompt: 'none' }));
      expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
      expect(await refresh(person)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
      const me = { authorization: `Bearer ${person.accessToken}` };
      expect((await fetch(`${app.url}/users/me`, { headers: me })).status).toBe(401);
    });

    it('ends on the server what the browser only forgets', async () => {
      const kept = new Map(person.browser.cookies);
      await out({ id_token_hint: person.idToken });
      for (const [name, value] of kept) person.browser.cookies.set(name, value);
      expect(await isSignedIn(person)).toBe(false);
    });

    it('shows a page of its own where no address is named', async () => {
      expectPage(await out({ id_token_hint: person.idToken }), 200, DONE);
    });

    it('takes one that has expired (§4)', async () => {
      app.clock.forward({ seconds: 7200 });
      expectPage(await out({ id_token_hint: person.idToken, client_id: client.id }), 200, DONE);
      expect(await isSignedIn(person)).toBe(false);
    });

    it('leaves the sessions of others, and of other clients, alone', async () => {
      const neighbour = await signedIn();
      await out({ id_token_hint: person.idToken });
      expect(await isSignedIn(neighbour)).toBe(true);
      expect((await refresh(neighbour)).status).toBe(200);
    });

    it('ends nothing for whoever holds it without being signed in', async () => {
      const thief = new Visitor(app.url);
      expectPage(await thief.get(`sign-out?id_token_hint=${person.idToken}`), 200, DONE);
      expect(await isSignedIn(person)).toBe(true);
      expect((await refresh(person)).status).toBe(200);
    });
  });

  describe('without one', () => {
    it('asks, and signs out whoever says so', async () => {
      const page = await out({ client_id: client.id, post_logout_redirect_uri: AFTER, state: 's' });
      await expectAsked(page);
      const answer = await person.browser.submit(page, {});
      expect(answer.headers.get('location')).toBe(`${AFTER}&state=s`);
      expect(await isSignedIn(person)).toBe(false);
    });

    it.each([
      ['none', () => ''],
      ['no token', () => 'x'],
      ['a changed signature', () => `${person.idToken.slice(0, -6)}AAAAAA`],
      ['no signature', () => person.idToken.replace(/[^.]*$/, '')],
      ['an algorithm of none', () => unsigned(person.idToken)],
      ['the access token', () => person.accessToken],
      ['a refresh token', () => person.refreshToken],
    ])('asks for a hint that is none of ours: %s', async (_what, hint) => {
      await expectAsked(await out({ id_token_hint: hint() }));
    });

    it('asks for the hint of somebody else, whose session stays', async () => {
      const neighbour = await signedIn();
      const page = await out({ id_token_hint: neighbour.idToken });
      await expectAsked(page);
      await person.browser.submit(page, {});
      expect(await isSignedIn(person)).toBe(false);
      expect(await isSignedIn(neighbour)).toBe(true);
      expect((await refresh(neighbour)).status).toBe(200);
    });

    it('says that nobody is signed in where nobody is', async () => {
      expectPage(await new Visitor(app.url).get('sign-out'), 200, DONE);
    });
  });

  describe('with an address that is not registered', () => {
    it.each([
      'https://attacker.example/',
      'https://app.example.com/bye',
      `${AFTER}&x=1`,
      `${AFTER}#x`,
      'https://app.example.com@attacker.example/bye?from=here',
      '//attacker.example/bye?from=here',
      'javascript:alert(1)',
      REDIRECT_URI,
    ])('shows a page and ends nothing: %s', async (uri) => {
      const hint = { id_token_hint: person.idToken };
      await expectFailure(await out({ ...hint, post_logout_redirect_uri: uri }));
    });

    it('takes none of a client that is unknown, disabled or not named', async () => {
      const more = { post_logout_redirect_uri: AFTER };
      await expectFailure(await out(more));
      person = await signedIn();
      await expectFailure(await out({ ...more, client_id: 'unknown' }));
      person = await signedIn();
      await changeClient(app, other.id, { disabled: true });
      await expectFailure(await out({ ...more, client_id: other.id }));
      await changeClient(app, other.id, { disabled: false });
    });
  });

  it('shows a page when hint and client_id disagree (§2)', async () => {
    await expectFailure(await out({ id_token_hint: person.idToken, client_id: other.id }));
  });

  it('shows a page for what is sent twice, or is no text', async () => {
    const { idToken } = person;
    for (const query of [
      `id_token_hint=${idToken}&id_token_hint=${idToken}`,
      `id_token_hint=${idToken}&state[a]=b`,
      `id_token_hint=${idToken}&state=%zz`,
      `id_token_hint=${idToken}&state=%00`,
      `id_token_hint=${idToken}&state=${'x'.repeat(2001)}`,
    ]) {
      const answer = await person.browser.get(`sign-out?${query}`);
      expect(answer.status, query.slice(-20)).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
    }
    expect(await isSignedIn(person)).toBe(true);
  });

  describe('posted', () => {
    const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      person.browser.post('sign-out', fields, headers);

    it('by a client: asks again by GET, where the cookie comes along (§2)', async () => {
      const headers = { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' };
      const without = await post({ client_id: client.id }, { ...headers, cookie: '' });
      expect(without.status).toBe(303);
      await expectAsked(await person.browser.follow(without));
      const fields = { id_token_hint: person.idToken, post_logout_redirect_uri: AFTER };
      const done = await person.browser.follow(await post(fields, { ...headers, cookie: '' }));
      expect(done.headers.get('location')).toBe(AFTER);
      expect(await isSignedIn(person)).toBe(false);
    });

    it('by another site: nobody is signed out without saying so (RFC 6749 §10.12)', async () => {
      const page = await out({});
      const { hidden } = formOf(page.text);
      for (const headers of FOREIGN_HEADERS) {
        expectPage(await post(hidden, headers), 403, 'This form cannot be accepted');
      }
      for (const csrf of ['x', `${hidden['csrf']}x`]) {
        expectPage(await post({ ...hidden, csrf }), 403, 'This form cannot be accepted');
      }
      expect(await isSignedIn(person)).toBe(true);
    });

    it('with a request that was changed: shows a page', async () => {
      const { csrf = '', continue: sealed = '' } = formOf((await out({})).text).hidden;
      for (const wrong of ['x', sealed.slice(0, -8), `A${sealed.slice(1)}`]) {
        if (wrong === sealed) continue;
        expectPage(await post({ csrf, continue: wrong }), 400, 'This took too long');
      }
      expect(await isSignedIn(person)).toBe(true);
    });
  });
});

function unsigned(token: string): string {
  const [, payload = ''] = token.split('.');
  const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  return `${header}.${payload}.`;
}
