import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { Consents } from '../../../src/consents/consents.js';
import { startApp, type TestApp } from '../../support/app.js';
import { auditRows } from '../../support/audit.js';
import { changeClient, type TestClient } from '../../support/clients.js';
import { addApplication, REDIRECT_URI } from '../../support/codes.js';
import type { Answer } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { PASSWORD, somebody } from '../../support/people.js';
import { answerOf, authorizePath, formOf, pkce, Visitor } from '../../support/visitor.js';

const OTHER_URI = 'https://other.example/callback';
const SCOPES = ['openid', 'profile', 'email', 'tasks:read', 'tasks:write', 'users:read'];
/** By which a browser says that a form is another site's, or might be. */
const FOREIGN_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://attacker.example' },
  { 'sec-fetch-site': 'cross-site', origin: 'null' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://attacker.example' },
];
const TOO_LONG = 'This took too long';

describe('the form of /consent', () => {
  let app: TestApp;
  let client: TestClient;
  let person: User;
  let visitor: Visitor;
  let page: Answer;
  const code_challenge = pkce().challenge;

  const path = (more: Record<string, string> = {}) =>
    authorizePath({
      client_id: client.id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
      scope: 'profile tasks:read',
      ...more,
    });
  const ask = async (by = visitor, more = {}) => by.follow(await by.get(path(more)));
  const hiddenOf = (answer: Answer) => formOf(answer.text).hidden;
  const send = (fields: Record<string, string>, by = visitor) =>
    by.post('consent', { ...hiddenOf(page), ...fields });
  /** Of the whole way on from an answer, as long as it stays here. */
  const expectNoCode = async (answer: Answer, by = visitor): Promise<Answer> => {
    expect(answer.status, answer.text).toBeLessThan(500);
    const last = await by.follow(answer);
    expect(last.headers.get('location') ?? '').not.toContain('code=');
    expect(await auditRows(app).countBy({ event: 'authorization.granted' })).toBe(0);
    expect(await auditRows(app).countBy({ event: 'consent.given' })).toBe(0);
    return last;
  };
  const expectConsent = (answer: Answer) => {
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain('value="approve"');
  };

  beforeAll(async () => {
    app = await startApp();
    return () => app.close();
  });
  beforeEach(async () => {
    client = await addApplication(app, { firstParty: false, scopes: SCOPES });
    person = await somebody(app);
    visitor = new Visitor(app.url);
    await visitor.signIn(person.username, PASSWORD);
    page = await ask();
    expectConsent(page);
    await auditRows(app).clear();
  });

  it('names the scheme of an app, whatever its URI has where an address has a host (RFC 8252 §7.1)', async () => {
    const redirect_uri = 'com.example.app://accounts.bank.example/callback';
    await changeClient(app, client.id, { redirectUris: [redirect_uri] });
    const { text } = await ask(visitor, { redirect_uri });
    expect(text).toContain('Your answer leads you to <bdi>com.example.app:</bdi>.');
    expect(text).not.toContain('accounts.bank.example');
  });

  it.each(FOREIGN_HEADERS)('is refused from elsewhere: %o (RFC 6749 §10.12)', async (headers) => {
    const fields = { ...hiddenOf(page), decision: 'approve' };
    const answer = await visitor.post('consent', fields, headers);
    expectPage(await expectNoCode(answer), 403, 'This form cannot be accepted');
  });

  it('is refused without its token, and with that of another browser', async () => {
    const neighbour = new Visitor(app.url);
    await neighbour.signIn();
    const foreign = hiddenOf(await ask(neighbour))['csrf'] ?? '';
    await auditRows(app).clear();
    for (const csrf of ['', foreign]) {
      const answer = await send({ csrf, decision: 'approve' });
      expectPage(await expectNoCode(answer), 403, 'This form cannot be accepted');
    }
  });

  it.each(['', 'yes', 'APPROVE', ' approve', 'approve\n', 'true', '__proto__'])(
    'takes the decision %j for none, and asks again',
    async (decision) => {
      expectConsent(await expectNoCode(await send({ decision })));
    },
  );

  it('refuses two decisions', async () => {
    const { action, hidden } = formOf(page.text);
    const body = `${new URLSearchParams(hidden)}&decision=approve&decision=deny`;
    const answer = await fetch(new URL(action, `${app.url}/`), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body,
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('is good for the browser session alone that was shown the page', async () => {
    const sealed = hiddenOf(page)['continue'] ?? '';
    for (const [username, password] of [
      ['alice', 'secret2'],
      [person.username, PASSWORD], // the same person elsewhere
    ] as const) {
      const other = new Visitor(app.url);
      await other.signIn(username, password);
      const { csrf = '' } = hiddenOf(await ask(other));
      await auditRows(app).clear();
      const answer = await other.post('consent', { csrf, continue: sealed, decision: 'approve' });
      expectConsent(await expectNoCode(answer, other));
    }
  });

  it('approves nothing for whoever has signed in meanwhile', async () => {
    const form = await visitor.follow(await visitor.get(`${path()}&prompt=login`));
    await visitor.submit(form, { username: 'alice', password: 'secret2' });
    await auditRows(app).clear();
    expectConsent(await expectNoCode(await send({ decision: 'approve' })));
  });

  it('approves what was on that page, and no other request', async () => {
    const other = await addApplication(app, { firstParty: false, redirectUris: [OTHER_URI] });
    const second = await ask(visitor, { client_id: other.id, redirect_uri: OTHER_URI });
    const fields = { ...hiddenOf(second), decision: 'approve' };
    const more = { client_id: client.id, redirect_uri: REDIRECT_URI, scope: 'users:read' };
    const answer = await visitor.post('consent', { ...fields, ...more });
    expect(answer.headers.get('location')).toContain(`${OTHER_URI}?code=`);
    const granted = await auditRows(app).findBy({ event: 'authorization.granted' });
    expect(granted.map(({ subject }) => subject)).toEqual([`client:${other.id}`]);
  });

  it('opens no page with a request that was changed by a byte, or cut, or made up', async () => {
    const sealed = hiddenOf(page)['continue'] ?? '';
    const places = [0, 1, 15, 16, 17, 40, Math.floor(sealed.length / 2), sealed.length - 5];
    const changed = places.map((at) => {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      return sealed.slice(0, at) + other + sealed.slice(at + 1);
    });
    const plain = Buffer.from(JSON.stringify({ at: 9e15, value: { request: {} } }));
    const madeUp = [sealed.slice(4), sealed.slice(0, -4), '', 'e30', plain.toString('base64url')];
    for (const one of [...changed, ...madeUp, `${sealed}${sealed}`, '[object Object]']) {
      const answer = await send({ continue: one, decision: 'approve' });
      expectPage(await expectNoCode(answer), 400, TOO_LONG);
      if (one === '') continue;
      const shown = await visitor.get(`consent?continue=${encodeURIComponent(one)}`);
      expectPage(await expectNoCode(shown), 400, TOO_LONG);
    }
    for (const query of ['', '?continue=', `?continue=${sealed}&continue=${sealed}`]) {
      expect((await visitor.get(`consent${query}`)).status).toBe(400);
    }
  });

  it('takes no request of another page: sign-in knows of no consent, sign-out is of another kind', async () => {
    const signIn = await new Visitor(app.url).get(path());
    const unasked = new URL(signIn.headers.get('location') ?? '', app.url).searchParams;
    const answer = await send({ continue: unasked.get('continue') ?? '', decision: 'approve' });
    expectConsent(await expectNoCode(answer));
    const signOut = hiddenOf(await visitor.get('sign-out'))['continue'] ?? '';
    expect(signOut).not.toBe('');
    const wrongKind = await send({ continue: signOut, decision: 'approve' });
    expectPage(await expectNoCode(wrongKind), 400, TOO_LONG);
    expect((await visitor.get(`sign-in?continue=${signOut}`)).status).toBe(400);
    const swapped = await visitor.get(`sign-out?continue=${hiddenOf(page)['continue']}`);
    expectPage(swapped, 400, TOO_LONG);
  });

  it('sends nobody to an address that the client has lost', async () => {
    await changeClient(app, client.id, { redirectUris: [OTHER_URI] });
    for (const decision of ['approve', 'deny']) {
      const last = await expectNoCode(await send({ decision }));
      expect(last.status).toBe(400);
      expect(last.headers.get('location')).toBeNull();
    }
  });

  it('sends nobody to a client that was disabled, or may use codes no more', async () => {
    for (const changes of [{ disabled: true }, { disabled: false, grants: [] }]) {
      await changeClient(app, client.id, changes);
      for (const decision of ['approve', 'deny']) {
        const last = await expectNoCode(await send({ decision }));
        expectPage(last, 400, 'This app is not known here');
        expect(last.headers.get('location')).toBeNull();
      }
    }
  });

  it('tells a client that has lost a scope meanwhile, and gives it nothing', async () => {
    await changeClient(app, client.id, { scopes: ['profile'] });
    const last = await expectNoCode(await send({ decision: 'approve' }));
    expect(answerOf(last)).toMatchObject({ error: 'invalid_scope', state: 'a state' });
  });

  it('asks again for what a client has gained since the page was shown', async () => {
    await changeClient(app, client.id, { scopes: ['profile'] });
    page = await ask(visitor, { scope: '' }); // the usual scopes, whichever they are
    expectConsent(page);
    await changeClient(app, client.id, { scopes: ['profile', 'tasks:write'] });
    const again = await expectNoCode(await send({ decision: 'approve' }));
    expectConsent(again);
    expect(again.text).toContain('Create, change and delete your tasks');
  });

  it('gives what a role allows now, not when the page was shown', async () => {
    const users = app.app.get(UsersService);
    const admin = await somebody(app, { role: 'admin' });
    const browser = new Visitor(app.url);
    await browser.signIn(admin.username, PASSWORD);
    page = await ask(browser, { scope: 'profile users:read' });
    expectConsent(page);
    await auditRows(app).clear();
    await users.change(admin, { role: 'user' });
    const last = await expectNoCode(await send({ decision: 'approve' }, browser), browser);
    expect(last.text + (last.headers.get('location') ?? '')).toMatch(/invalid_scope|Sign in/);
  });

  it('asks who somebody is again, once they were disabled or signed out', async () => {
    const users = app.app.get(UsersService);
    await users.change(person, { disabled: true });
    expectPage(await expectNoCode(await send({ decision: 'approve' })), 200, 'Sign in');
    const alice = new Visitor(app.url);
    await alice.signIn();
    page = await ask(alice);
    await alice.submit(await alice.get('sign-out'), {});
    await auditRows(app).clear();
    const last = await expectNoCode(await send({ decision: 'approve' }, alice), alice);
    expectPage(last, 200, 'Sign in');
  });

  it('answers yes and no at once, and yes twice at once, each as if it were alone', async () => {
    const decisions = ['approve', 'deny', 'approve', 'approve', 'deny', 'approve'];
    const answers = await Promise.all(decisions.map((decision) => send({ decision })));
    for (const [index, answer] of answers.entries()) {
      expect(answer.status, answer.text).toBe(303);
      const sent = answerOf(answer);
      if (decisions[index] === 'approve') expect(sent['code']).toMatch(/^hp_ac_/);
      else expect(sent).toMatchObject({ error: 'access_denied' });
    }
    const codes = answers.map((answer) => answerOf(answer)['code']).filter(Boolean);
    expect(new Set(codes).size).toBe(4);
    const given = await auditRows(app).findBy({ event: 'consent.given' });
    expect(given.map(({ userId }) => userId)).toEqual(Array(4).fill(person.id));
    const { items } = await app.app.get(Consents).listOf(person, { limit: 10, after: undefined });
    expect(items).toHaveLength(1);
  });
});

describe('a request on its way through the pages', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    return () => app.close();
  });

  it('is good for an hour, to the second', async () => {
    app.clock.stop();
    const client = await addApplication(app, { firstParty: false });
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const { challenge: code_challenge } = pkce();
    const asked = { client_id: client.id, redirect_uri: REDIRECT_URI, code_challenge };
    const page = await visitor.follow(await visitor.get(authorizePath(asked)));
    app.clock.forward({ seconds: 3599 });
    const inTime = await visitor.submit(page, { decision: 'approve' });
    expect(answerOf(inTime)).toHaveProperty('code');
    app.clock.forward({ seconds: 1 });
    const late = await visitor.submit(page, { decision: 'approve' });
    expectPage(late, 400, TOO_LONG);
  });
});
