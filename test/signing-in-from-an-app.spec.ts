import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.js';
import { addClient } from './support/clients.js';
import { bearer, call } from './support/http.js';
import { SPA_SCOPES } from './support/spa.js';
import { play } from './support/stage.js';
import { codeBlocks, missingFrom, patternOf, scenesOf } from './support/transcript.js';
import { Visitor } from './support/visitor.js';

const PAGE = readFileSync('docs/signing-in-from-an-app.md', 'utf8');
const README = readFileSync('examples/spa/README.md', 'utf8');

describe('the libraries of docs/signing-in-from-an-app.md', () => {
  const redirectUri = 'https://app.example/callback';
  const home = 'https://app.example/';
  let service: TestApp;
  let issuer: URL;

  beforeAll(async () => {
    service = await startApp();
    issuer = new URL(service.url);
  });
  afterAll(() => service.close());

  const register = (confidential: boolean) =>
    addClient(service, {
      confidential,
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'email', 'tasks:read'],
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [home],
    });

  /** What a person does with the browser that an application sends away. */
  async function comeBack(url: URL, visitor: Visitor): Promise<URL> {
    const signIn = await visitor.follow(await visitor.get(url.href));
    const typed = { username: 'alice', password: 'secret2' };
    const consent = await visitor.follow(await visitor.submit(signIn, typed));
    const answer = await visitor.submit(consent, { decision: 'approve' });
    return new URL(answer.headers.get('location') ?? '');
  }

  it('are on the page word for word as here', () => {
    expect(codeBlocks(PAGE, 'ts')).toHaveLength(4);
    expect(missingFrom('test/signing-in-from-an-app.spec.ts', codeBlocks(PAGE, 'ts'))).toEqual([]);
  });

  it('openid-client signs in, reads who it is, refreshes and signs out', async () => {
    const { id, secret } = await register(true);

    const options = { execute: [client.allowInsecureRequests] }; // http, on your own machine alone
    const config = await client.discovery(issuer, id, secret, undefined, options);

    // the person wants to sign in: keep verifier, state and nonce in their session, and redirect
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email tasks:read',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });

    const visitor = new Visitor(service.url);
    const callback = await comeBack(url, visitor);

    // they are back; state, iss, and the claims of the ID token are checked by this
    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    const { sub } = tokens.claims() as client.IDToken;
    const person = await client.fetchUserInfo(config, tokens.access_token, sub);
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');

    expect(person).toMatchObject({ sub: service.people.alice.id, email: 'alice@example.com' });
    const tasks = () => call(`${service.url}/tasks`, { headers: bearer(renewed.access_token) });
    expect((await tasks()).status).toBe(200);

    const goodbye = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: home,
    });

    const left = await visitor.get(goodbye.href);
    expect(left.status).toBe(303);
    expect(left.headers.get('location')).toBe(home);
    expect((await tasks()).status).toBe(401);
  });

  it('oauth4webapi trades the code of a public client', async () => {
    const { id } = await register(false);
    const overHttp = { [oauth.allowInsecureRequests]: true };
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ];
    const url = new URL('authorize', service.url);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: redirectUri,
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const callback = await comeBack(url, new Visitor(service.url));

    const app = { client_id: id };
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, overHttp),
    );
    const answer = oauth.validateAuthResponse(server, app, callback, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      app,
      oauth.None(),
      answer,
      redirectUri,
      verifier,
      overHttp,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, app, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });

    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid email' });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(service.people.alice.id);
  });
});

describe('the README of the example', () => {
  it('registers a client that fits the page, for a server that lets its origin call', async () => {
    const [scene] = scenesOf(README);
    expect(scene?.server).toBe('CORS_ORIGINS=http://localhost:5173 npm start');
    const [registered] = await play(scenesOf(README));
    expect(registered?.printed).toMatch(patternOf(registered?.expected ?? 'nothing'));
    const scopes = [...(registered?.command.matchAll(/--scope (\S+)/g) ?? [])];
    expect(scopes.map(([, scope]) => scope)).toEqual(SPA_SCOPES);
    const app = readFileSync('examples/spa/app.js', 'utf8');
    expect(app).toContain(`const SCOPE = '${SPA_SCOPES.join(' ')}';`);
  });
});
