import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Consent } from '../../../src/consents/consent.entity.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, type TestClient } from '../../support/clients.js';
import { auditRows } from '../../support/audit.js';
import { bearer, call, postForm, signIn } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { answerOf, authorizePath, pkce, Visitor } from '../../support/visitor.js';

const REDIRECT = 'https://app.example/callback';

describe('Authorization Code + PKCE', () => {
  let app: TestApp;
  let client: TestClient;
  let trusted: TestClient;
  const { verifier, challenge } = pkce();

  const path = (more: Record<string, string | undefined> = {}) =>
    authorizePath({
      client_id: client.id,
      redirect_uri: REDIRECT,
      code_challenge: challenge,
      ...more,
    });
  const trade = (code: string | undefined, more: Record<string, string> = {}) =>
    postForm(`${app.url}/token`, {
      grant_type: 'authorization_code',
      client_id: client.id,
      redirect_uri: REDIRECT,
      code: code ?? '',
      code_verifier: verifier,
      ...more,
    });

  beforeAll(async () => {
    app = await startApp();
    const registration = {
      confidential: false,
      grants: ['authorization_code', 'refresh_token'] as const,
      scopes: ['openid', 'profile', 'email', 'tasks:read', 'tasks:write'],
      redirectUris: [REDIRECT],
    };
    client = await addClient(app, { ...registration, name: 'Calendar' });
    trusted = await addClient(app, { ...registration, firstParty: true });
  });
  afterAll(() => app.close());

  it('tells the story: sign in, consent, code, tokens, refresh', async () => {
    const visitor = new Visitor(app.url);
    const toSignIn = await visitor.get(path({ scope: 'openid email tasks:read', nonce: 'n-1' }));
    expect(toSignIn.status).toBe(303);
    expect(toSignIn.headers.get('location')).toMatch(/^sign-in\?continue=[\w-]+$/);

    const signInPage = await visitor.follow(toSignIn);
    expectPage(signInPage, 200, 'Sign in');
    expect(signInPage.text).toContain('Calendar');

    const signedIn = await visitor.submit(signInPage, { username: 'alice', password: 'secret2' });
    expect(signedIn.status).toBe(303);
    const consent = await visitor.follow(signedIn);
    expect(consent.status).toBe(200);
    expect(consent.text).toContain('Calendar');
    expect(consent.text).toContain('app.example');

    const approved = await visitor.submit(consent, { decision: 'approve' });
    expect(approved.status).toBe(303);
    expect(answerOf(approved)).toEqual({
      code: expect.stringMatching(/^hp_ac_[\w-]{43}$/) as string,
      state: 'a state',
      iss: app.url,
    });

    const tokens = await trade(answerOf(approved)['code']);
    expect(tokens.status, tokens.text).toBe(200);
    expect(tokens.body).toMatchObject({ token_type: 'bearer', scope: 'openid email tasks:read' });
    const claims = claimsOf(tokens.body.id_token as string);
    expect(claims).toMatchObject({
      iss: app.url,
      aud: client.id,
      sub: app.people.alice.id,
      nonce: 'n-1',
    });

    const tasks = await call(`${app.url}/tasks`, {
      headers: bearer(tokens.body.access_token as string),
    });
    expect(tasks.status).toBe(200);
    const refreshed = await postForm(`${app.url}/token`, {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token: tokens.body.refresh_token as string,
    });
    expect(refreshed.status).toBe(200);
  });

  it('asks nothing that was answered before', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const again = await visitor.get(path({ scope: 'openid email' }));
    expect(answerOf(again)['code']).toMatch(/^hp_ac_/);
    const more = await visitor.follow(await visitor.get(path({ scope: 'openid tasks:write' })));
    expect(more.status).toBe(200);
    expect(more.text).toContain('decision');
  });

  it('asks each time where the redirect proves no client (RFC 8252 §8.6)', async () => {
    const registered = ['http://127.0.0.1/callback', 'com.example.calendar:/callback'];
    const app8252 = await addClient(app, {
      confidential: false,
      grants: ['authorization_code'],
      scopes: ['tasks:read'],
      redirectUris: registered,
    });
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    for (const uri of ['http://127.0.0.1:49152/callback', 'com.example.calendar:/callback']) {
      const asked = path({ client_id: app8252.id, redirect_uri: uri, scope: 'tasks:read' });
      for (const time of ['first', 'second']) {
        const consent = await visitor.follow(await visitor.get(asked));
        expect(consent.status, `${time} ${uri}`).toBe(200);
        const approved = await visitor.submit(consent, { decision: 'approve' });
        expect(approved.headers.get('location')).toMatch(new RegExp(`^${uri}\\?code=hp_ac_`));
      }
      expect(answerOf(await visitor.get(`${asked}&prompt=none`))).toMatchObject({
        error: 'consent_required',
      });
    }
  });

  it('gives a code of the docs page to nobody who waits at another port (RFC 8252 §8.6)', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const docs = { client_id: 'hallpass-docs', prompt: 'none' };
    const own = { ...docs, redirect_uri: `${app.url}/oauth2-redirect.html` };
    expect(answerOf(await visitor.get(path(own)))).toHaveProperty('code');
    const another = { ...docs, redirect_uri: 'http://127.0.0.1:4000/oauth2-redirect.html' };
    expect(answerOf(await visitor.get(path(another)))['error']).toBe('consent_required');
  });

  it('asks a first-party client’s user for nothing but a sign-in', async () => {
    const visitor = new Visitor(app.url);
    const asked = await visitor.get(path({ client_id: trusted.id }));
    const page = await visitor.follow(asked);
    const answer = await visitor.submit(page, { username: 'alice', password: 'secret2' });
    expect(answerOf(answer)).toMatchObject({ state: 'a state', iss: app.url });
    const tokens = await trade(answerOf(answer)['code'], { client_id: trusted.id });
    expect(tokens.body).toMatchObject({ scope: 'profile email tasks:read tasks:write' });
    expect(tokens.body).not.toHaveProperty('id_token');
  });

  it('tells the client that the user said no', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn('johndoe', 'secret');
    const consent = await visitor.follow(await visitor.get(path({ scope: 'tasks:write' })));
    const denied = await visitor.submit(consent, { decision: 'deny' });
    expect(answerOf(denied)).toMatchObject({
      error: 'access_denied',
      state: 'a state',
      iss: app.url,
    });
    const silent = await visitor.get(path({ scope: 'tasks:write', prompt: 'none' }));
    expect(answerOf(silent)).toMatchObject({ error: 'consent_required' });
  });

  it('writes down who said no to which client', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn('johndoe', 'secret');
    const consent = await visitor.follow(await visitor.get(path({ scope: 'tasks:write' })));
    await visitor.submit(consent, { decision: 'deny' });
    const { id } = app.people.johndoe;
    const [entry] = await auditRows(app).findBy({ event: 'consent.denied', userId: id });
    expect(entry).toMatchObject({ actor: `user:${id}`, subject: `client:${client.id}` });
  });

  it('carries the longest of each parameter through the pages, an ID token as the hint among them', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const nonce = 'n'.repeat(2000);
    const scope = 'openid email';
    const tokens = await trade(answerOf(await visitor.get(path({ scope, nonce })))['code']);
    const hint = tokens.body.id_token as string;
    expect(hint.length).toBeGreaterThan(3000);
    const more = { scope, nonce, state: 's'.repeat(2000), prompt: 'login', id_token_hint: hint };
    const page = await visitor.follow(await visitor.get(path(more)));
    expectPage(page, 200, 'Sign in');
    const other = await visitor.submit(page, { username: 'johndoe', password: 'secret' });
    expect(answerOf(other)).toMatchObject({ error: 'login_required', state: more.state });
    const answer = await visitor.submit(page, { username: 'alice', password: 'secret2' });
    expect(answerOf(answer)).toMatchObject({ state: more.state });
    expect(answerOf(answer)).toHaveProperty('code');
  });

  it('answers prompt=none without a page (OIDC Core §3.1.2.1)', async () => {
    const nobody = await new Visitor(app.url).get(path({ prompt: 'none' }));
    expect(answerOf(nobody)).toMatchObject({ error: 'login_required', state: 'a state' });
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const answer = await visitor.get(path({ prompt: 'none', scope: 'openid email' }));
    expect(answerOf(answer)).toHaveProperty('code');
  });

  it('asks for the password again with prompt=login and with max_age (OIDC Core §3.1.2.1)', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    await app.clock.forward({ seconds: 100 });
    for (const more of [
      { prompt: 'login' },
      { prompt: 'select_account' },
      { max_age: '99' },
      { max_age: '0' },
    ]) {
      const page = await visitor.follow(
        await visitor.get(path({ scope: 'openid email', ...more })),
      );
      expectPage(page, 200, 'Sign in');
      const answer = await visitor.submit(page, { username: 'alice', password: 'secret2' });
      expect(answerOf(answer), JSON.stringify(more)).toHaveProperty('code');
      await app.clock.forward({ seconds: 100 });
    }
    const enough = await visitor.get(path({ scope: 'openid email', max_age: '101' }));
    expect(answerOf(enough)).toHaveProperty('code');
  });

  it('says what is wrong on the page, and keeps the name', async () => {
    const visitor = new Visitor(app.url);
    const page = await visitor.follow(await visitor.get(path()));
    const wrong = await visitor.submit(page, { username: 'alice', password: 'not it' });
    expectPage(wrong, 422, 'Sign in');
    expect(wrong.text).toContain('value="alice"');
    expect(wrong.text).not.toContain('not it');
    const right = await visitor.submit(wrong, { username: 'alice', password: 'secret2' });
    expect(right.status).toBe(303);
  });

  it('lets another account be used', async () => {
    const visitor = new Visitor(app.url);
    await visitor.signIn('johndoe', 'secret');
    const consent = await visitor.follow(await visitor.get(path({ scope: 'email tasks:read' })));
    const other = await visitor.follow(await visitor.submit(consent, { decision: 'switch' }));
    expectPage(other, 200, 'Sign in');
    const answer = await visitor.submit(other, { username: 'alice', password: 'secret2' });
    const tokens = await trade(answerOf(answer)['code']);
    const me = claimsOf(tokens.body.access_token as string);
    expect(me['sub']).toBe(app.people.alice.id);
  });

  it('sends nobody to a client that was disabled meanwhile', async () => {
    const visitor = new Visitor(app.url);
    const page = await visitor.follow(await visitor.get(path()));
    await changeClient(app, client.id, { disabled: true });
    const answer = await visitor.submit(page, { username: 'alice', password: 'secret2' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    await changeClient(app, client.id, { disabled: false });
  });

  /** A code for who has just allowed it. */
  async function allowedCode(): Promise<string> {
    const visitor = new Visitor(app.url);
    await visitor.signIn();
    const page = await visitor.follow(await visitor.get(path({ prompt: 'consent' })));
    return answerOf(await visitor.submit(page, { decision: 'approve' }))['code'] ?? '';
  }

  it('gives nothing for a code whose consent is gone when its session opens', async () => {
    const code = await allowedCode();
    const where = { userId: app.people.alice.id, clientId: client.id };
    await app.app.get(DataSource).getRepository(Consent).delete(where);
    expect(await trade(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const sessions = app.app.get(DataSource).getRepository(Session);
    expect(await sessions.findOneBy({ ...where, revokedReason: 'consent_withdrawn' })).toBeTruthy();
  });

  it('gives nothing for a code that was open when its user signed out everywhere else', async () => {
    const code = await allowedCode();
    const token = await signIn(app.url, 'alice', 'secret2');
    const url = `${app.url}/users/me/sessions`;
    const ended = await call(url, { method: 'DELETE', headers: bearer(token) });
    expect(ended.status).toBe(204);
    expect(await trade(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

function claimsOf(jwt: string): Record<string, unknown> {
  const [, payload = ''] = jwt.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
