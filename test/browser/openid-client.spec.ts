import * as client from 'openid-client';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { type Callback, startCallback } from '../support/callback.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { addClient, type TestClient } from '../support/clients.js';
import { headerOf } from '../support/forge.js';
import { secretRoute } from '../support/tokens.js';
import { openWatchedPage, type WatchedPage } from '../support/watched-page.js';

const SCOPE = 'openid profile email tasks:read';
const MAX_AGE = 600;

/** What an application keeps from its question to the answer. */
interface Question {
  readonly url: URL;
  readonly checks: client.AuthorizationCodeGrantChecks;
}

describe.skipIf(browserIsLeftOut()).each([
  ['a confidential application', { confidential: true, alg: 'RS256' }],
  ['a public application', { confidential: false, alg: 'RS256' }],
  ['an application that wants ES256', { confidential: true, alg: 'ES256' }],
] as const)('openid-client and a browser: %s', (_what, { confidential, alg }) => {
  let service: TestApp;
  let callback: Callback;
  let browser: Browser;
  let watched: WatchedPage;
  let registered: TestClient;
  let config: client.Configuration;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startApp();
    callback = await startCallback();
    return async () => {
      await browser.close();
      await callback.close();
      await service.close();
    };
  });
  beforeEach(async () => {
    watched = await openWatchedPage(browser, service.url);
    registered = await addClient(service, {
      name: 'Calendar',
      confidential,
      grants: ['authorization_code', 'refresh_token'],
      scopes: SCOPE.split(' '),
      redirectUris: ['http://127.0.0.1/callback'], // any port will do, RFC 8252 §7.3
      postLogoutRedirectUris: [`${callback.origin}/signed-out`],
      idTokenSignedResponseAlg: alg,
    });
    config = await discover();
  });
  afterEach(() => watched.page.context().close());

  /** With the signature of each ID token checked, as if somebody stood in between. */
  function discover(): Promise<client.Configuration> {
    const { id, secret } = registered;
    const authentication = confidential ? client.ClientSecretBasic(secret) : client.None();
    const metadata = { id_token_signed_response_alg: alg };
    return client.discovery(new URL(service.url), id, metadata, authentication, {
      execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    });
  }

  async function question(more: Readonly<Record<string, string>> = {}): Promise<Question> {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    const expectedNonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${callback.origin}/callback`,
      scope: SCOPE,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      max_age: String(MAX_AGE),
      ...more,
    });
    return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce, maxAge: MAX_AGE } };
  }

  const press = (name: string) => watched.page.getByRole('button', { name, exact: true }).click();

  /** Types a password and allows what is asked; the answer comes back in the address bar. */
  async function answer({ url }: Question): Promise<URL> {
    const { page } = watched;
    await page.goto(url.href);
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel('Password').fill('secret2');
    await press('Sign in');
    await page.getByRole('heading', { name: 'Calendar asks for access' }).waitFor();
    await press('Allow');
    return comeBack('/callback');
  }

  async function comeBack(path: string): Promise<URL> {
    await watched.page.waitForURL(({ href }) => href.startsWith(`${callback.origin}${path}`));
    return new URL(watched.page.url());
  }

  async function signIn() {
    const asked = await question();
    return client.authorizationCodeGrant(config, await answer(asked), asked.checks);
  }

  it('signs somebody in, reads who it is, and refreshes', async () => {
    const tokens = await signIn();
    const claims = tokens.claims() as client.IDToken;
    expect(claims).toMatchObject({
      iss: service.url,
      aud: registered.id,
      sub: service.people.alice.id,
    });
    expect(headerOf(tokens.id_token as string)).toMatchObject({ alg, typ: 'JWT' });
    const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    expect(person).toMatchObject({
      preferred_username: 'alice',
      email: 'alice@example.com',
      email_verified: true,
    });
    const other = service.people.johndoe.id;
    const mistaken = client.fetchUserInfo(config, tokens.access_token, other);
    await expect(mistaken).rejects.toMatchObject({
      code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
    });

    const next = await client.refreshTokenGrant(config, tokens.refresh_token as string);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(await client.fetchUserInfo(config, next.access_token, claims.sub)).toEqual(person);
    // The browser went nowhere but here and back, and no policy was in its way.
    const back = `request elsewhere: ${callback.origin}/callback?`;
    expect(watched.complaints.filter((one) => !one.startsWith(back))).toEqual([]);
  });

  it('signs out of everything that this sign-in opened (RP-Initiated Logout 1.0 §2)', async () => {
    const tokens = await signIn();
    const state = client.randomState();
    const leave = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token as string,
      post_logout_redirect_uri: `${callback.origin}/signed-out`,
      state,
    });
    await watched.page.goto(leave.href);
    expect((await comeBack('/signed-out')).searchParams.get('state')).toBe(state);
    expect(await secretRoute(service.url, tokens.access_token)).toBe(401);
    const late = client.refreshTokenGrant(config, tokens.refresh_token as string);
    await expect(late).rejects.toMatchObject({ error: 'invalid_grant' });

    const silent = await question({ prompt: 'none' });
    await watched.page.goto(silent.url.href);
    const refused = client.authorizationCodeGrant(
      config,
      await comeBack('/callback'),
      silent.checks,
    );
    await expect(refused).rejects.toMatchObject({ error: 'login_required' });
  });

  it('takes no answer to another question, and none of another server', async () => {
    const asked = await question();
    const back = await answer(asked);
    const changed = (name: string, value: string) => {
      const url = new URL(back);
      url.searchParams.set(name, value);
      return client.authorizationCodeGrant(config, url, asked.checks);
    };
    await expect(changed('state', client.randomState())).rejects.toMatchObject(about('state'));
    await expect(changed('iss', 'https://attacker.example')).rejects.toMatchObject(about('iss'));
    const good = await client.authorizationCodeGrant(config, back, asked.checks);
    expect(await secretRoute(service.url, good.access_token)).toBe(200);
  });

  it('gets nothing for a code twice, and loses what it got (RFC 6749 §4.1.2)', async () => {
    const asked = await question();
    const back = await answer(asked);
    const tokens = await client.authorizationCodeGrant(config, back, asked.checks);
    const again = client.authorizationCodeGrant(config, back, asked.checks);
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    expect(await secretRoute(service.url, tokens.access_token)).toBe(401);
    const late = client.refreshTokenGrant(config, tokens.refresh_token as string);
    await expect(late).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('hears it from the server when somebody says no', async () => {
    const asked = await question();
    await watched.page.goto(asked.url.href);
    await watched.page.getByLabel('Username').fill('johndoe');
    await watched.page.getByLabel('Password').fill('secret');
    await press('Sign in');
    await press('Deny');
    const denied = client.authorizationCodeGrant(config, await comeBack('/callback'), asked.checks);
    await expect(denied).rejects.toMatchObject({ error: 'access_denied' });
  });
});

/** What the client says of an answer with a parameter that does not fit. */
function about(parameter: string) {
  return { cause: { message: expect.stringContaining(`"${parameter}"`) as string } };
}
