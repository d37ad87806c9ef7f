import * as oauth from 'oauth4webapi';
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { approve } from '../support/approve.js';
import { addClient, type TestClient } from '../support/clients.js';
import { secretRoute } from '../support/tokens.js';

/** The service of a test has no certificate. There is no other leniency here. */
const OVER_HTTP = { [oauth.allowInsecureRequests]: true };
const REDIRECT = 'https://app.example/callback';
const SCOPE = 'openid profile email tasks:read';

/** One application on its way from a question to its tokens. */
interface Attempt {
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

const ES256 = { TOKEN_ALGORITHM: 'ES256' };
/** Then nobody but us can verify access tokens; ID tokens are for everybody all the same. */
const HS256 = { TOKEN_ALGORITHM: 'HS256', JWT_SECRET: 'jwt-only-Qz7vX2mK9pLw4RtB8nYc3DfH' };

describe.each([
  { algorithm: 'oidc', alg: 'RS256', env: ES256 },
  { algorithm: 'oidc', alg: 'ES256', env: HS256 },
  { algorithm: 'oauth2', alg: 'RS256', env: HS256 },
  { algorithm: 'oauth2', alg: 'ES256', env: ES256 },
] as const)('oauth4webapi asks for a code ($algorithm, $alg)', ({ algorithm, alg, env }) => {
  let service: TestApp;
  let server: oauth.AuthorizationServer;
  let application: TestClient;
  let native: TestClient;

  beforeAll(async () => {
    service = await startApp({ env });
    const registration = {
      grants: ['authorization_code', 'refresh_token'] as const,
      scopes: SCOPE.split(' '),
      redirectUris: [REDIRECT],
      idTokenSignedResponseAlg: alg,
    };
    application = await addClient(service, registration);
    native = await addClient(service, { ...registration, confidential: false });
    server = await discover(algorithm);
    return () => service.close();
  });

  async function discover(by: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(service.settings.PUBLIC_URL);
    const response = await oauth.discoveryRequest(issuer, { algorithm: by, ...OVER_HTTP });
    return oauth.processDiscoveryResponse(issuer, response);
  }

  function attempt({ id }: TestClient, authentication: oauth.ClientAuth): Attempt {
    return {
      client: { client_id: id, id_token_signed_response_alg: alg, require_auth_time: true },
      authentication,
      verifier: oauth.generateRandomCodeVerifier(),
      nonce: oauth.generateRandomNonce(),
      state: oauth.generateRandomState(),
    };
  }

  /** @returns the URL that the browser is sent back to */
  async function ask(
    { client, verifier, nonce, state }: Attempt,
    more: Readonly<Record<string, string>> = {},
  ): Promise<URL> {
    const asked = new URL(server.authorization_endpoint as string);
    asked.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: REDIRECT,
      scope: SCOPE,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
      max_age: '600',
      ...more,
    }).toString();
    return new URL(await approve(asked.href));
  }

  async function trade(
    { client, authentication, verifier, state }: Attempt,
    back: URL,
  ): Promise<Response> {
    const parameters = oauth.validateAuthResponse(server, client, back, state);
    return oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      REDIRECT,
      verifier,
      OVER_HTTP,
    );
  }

  function read({ client, nonce }: Attempt, response: Response) {
    const checks = { expectedNonce: nonce, requireIdToken: true, maxAge: 600 };
    return oauth.processAuthorizationCodeResponse(server, client, response, checks);
  }

  const refresh = async ({ client, authentication }: Attempt, token: string) =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, authentication, token, OVER_HTTP),
    );
  const revoke = async ({ client, authentication }: Attempt, token: string) =>
    oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, token, OVER_HTTP),
    );
  const introspect = async ({ client, authentication }: Attempt, token: string) =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, authentication, token, OVER_HTTP),
    );

  const ways = (): [string, Attempt][] => [
    ['client_secret_basic', attempt(application, oauth.ClientSecretBasic(application.secret))],
    ['client_secret_post', attempt(application, oauth.ClientSecretPost(application.secret))],
    ['none', attempt(native, oauth.None())],
  ];

  it('gets tokens and a signed ID token with each way of authentication', async () => {
    for (const [way, asking] of ways()) {
      const response = await trade(asking, await ask(asking, { prompt: 'consent' }));
      const tokens = await read(asking, response);
      await oauth.validateApplicationLevelSignature(server, response, OVER_HTTP);
      expect(tokens, way).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: SCOPE });
      const claims = oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken;
      const { alice } = service.people;
      expect(claims, way).toMatchObject({ iss: service.url, aud: asking.client.client_id });
      expect(claims.sub, way).toBe(alice.id);
      expect(await secretRoute(service.url, tokens.access_token)).toBe(200);
    }
  });

  it('refreshes, and revokes all that came of the code', async () => {
    for (const [, asking] of ways()) {
      const back = await ask(asking, { prompt: 'consent' });
      const first = await read(asking, await trade(asking, back));
      const second = await refresh(asking, first.refresh_token as string);
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await secretRoute(service.url, second.access_token)).toBe(200);
      await revoke(asking, second.refresh_token as string);
      expect(await secretRoute(service.url, first.access_token)).toBe(401);
      expect(await secretRoute(service.url, second.access_token)).toBe(401);
    }
  });

  it('inspects what it was given, with its secret', async () => {
    const [[, asking]] = ways() as [[string, Attempt]];
    const back = await ask(asking, { prompt: 'consent' });
    const { access_token } = await read(asking, await trade(asking, back));
    expect(await introspect(asking, access_token)).toMatchObject({
      active: true,
      client_id: asking.client.client_id,
      sub: service.people.alice.id,
      scope: SCOPE,
    });
    await revoke(asking, access_token);
    expect(await introspect(asking, access_token)).toEqual({ active: false });
  });

  it('reads who it is at the endpoint that OpenID Connect Discovery names', async () => {
    const provider = await discover('oidc');
    const [[, asking]] = ways() as [[string, Attempt]];
    const { client } = asking;
    const back = await ask(asking, { prompt: 'consent' });
    const tokens = await read(asking, await trade(asking, back));
    const { sub } = oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken;
    const about = () => oauth.userInfoRequest(provider, client, tokens.access_token, OVER_HTTP);
    expect(await oauth.processUserInfoResponse(provider, client, sub, await about())).toMatchObject(
      {
        preferred_username: 'alice',
        email: 'alice@example.com',
        email_verified: true,
      },
    );
    const other = service.people.johndoe.id;
    const wrong = oauth.processUserInfoResponse(provider, client, other, await about());
    await expect(wrong).rejects.toThrow(/"sub"/);
  });

  it('finds out an ID token that was changed on its way', async () => {
    const [[, asking]] = ways() as [[string, Attempt]];
    const good = await trade(asking, await ask(asking, { prompt: 'consent' }));
    const body = (await good.json()) as { id_token: string };
    const [header, payload, signature = ''] = body.id_token.split('.');
    const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const changed = Response.json({ ...body, id_token: [header, payload, other].join('.') });
    await read(asking, changed);
    const checked = oauth.validateApplicationLevelSignature(server, changed, OVER_HTTP);
    await expect(checked).rejects.toThrow(/signature/);
  });

  it('understands a code that is spent, and a verifier that is not the one', async () => {
    const [[, asking]] = ways() as [[string, Attempt]];
    const spent = await ask(asking, { prompt: 'consent' });
    await read(asking, await trade(asking, spent));
    const again = read(asking, await trade(asking, spent));
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const back = await ask(asking, { prompt: 'consent' });
    const thief = { ...asking, verifier: oauth.generateRandomCodeVerifier() };
    const stolen = read(asking, await trade(thief, back));
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });

  it('takes an answer of no other server, and to no other question (RFC 9207 §2.4)', async () => {
    const [[, asking]] = ways() as [[string, Attempt]];
    const back = await ask(asking, { prompt: 'consent' });
    const validate = (name: string, value: string | undefined) => {
      const changed = new URL(back);
      if (value === undefined) changed.searchParams.delete(name);
      else changed.searchParams.set(name, value);
      return () => oauth.validateAuthResponse(server, asking.client, changed, asking.state);
    };
    expect(validate('state', asking.state)).not.toThrow();
    expect(validate('state', 'another')).toThrow(/"state"/);
    expect(validate('iss', 'https://attacker.example')).toThrow(/"iss"/);
    expect(validate('iss', undefined)).toThrow(/"iss"/);
  });
});
