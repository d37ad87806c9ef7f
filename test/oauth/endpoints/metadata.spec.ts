import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient } from '../../support/clients.js';
import { addApplication, codeForm, issueCode } from '../../support/codes.js';
import { type Answer, call, postForm } from '../../support/http.js';
import { oauthError } from '../../support/oauth.js';
import { revoke, signInFully } from '../../support/tokens.js';

const PATH = '/.well-known/oauth-authorization-server';
const AUTHENTICATION = ['client_secret_basic', 'client_secret_post', 'none'];
/** What there is besides, which must not work before it is advertised. RFC 8414 §2. */
const OTHER_GRANTS = [
  'implicit',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
];
const OTHER_ENDPOINTS = {
  registration_endpoint: '/register',
  device_authorization_endpoint: '/device_authorization',
  pushed_authorization_request_endpoint: '/par',
};

describe('GET /.well-known/oauth-authorization-server (RFC 8414)', () => {
  let service: TestApp;
  afterEach(() => service.close());

  const read = (path = PATH, headers: Record<string, string> = {}) =>
    call(service.url + path, { headers });
  const document = async () => (await read()).body as Record<string, unknown>;

  it('says what there is, and nothing empty (§3.2)', async () => {
    service = await startApp();
    await addClient(service);
    const { body } = await read();
    expect(body).toEqual({
      issuer: service.url,
      token_endpoint: `${service.url}/token`,
      authorization_endpoint: `${service.url}/authorize`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      jwks_uri: `${service.url}/.well-known/jwks.json`,
      revocation_endpoint: `${service.url}/revoke`,
      introspection_endpoint: `${service.url}/introspect`,
      scopes_supported: expect.arrayContaining(['tasks:read', 'openid']) as string[],
      grant_types_supported: [
        'password',
        'refresh_token',
        'client_credentials',
        'authorization_code',
      ],
      token_endpoint_auth_methods_supported: AUTHENTICATION,
      revocation_endpoint_auth_methods_supported: AUTHENTICATION,
      introspection_endpoint_auth_methods_supported: AUTHENTICATION.slice(0, 2),
      service_documentation: `${service.url}/docs`,
    });
  });

  it('may be kept for a while and read by any origin', async () => {
    service = await startApp();
    const answer = await read(PATH, { origin: 'https://anybody.example' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await call(service.url + PATH, {
      method: 'OPTIONS',
      headers: { origin: 'https://anybody.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect((await call(service.url + PATH, { method: 'POST' })).status).toBe(405);
  });

  it('lists grants that all work, and no other does', async () => {
    service = await startApp();
    const machine = await addClient(service);
    const application = await addApplication(service);
    const code = await issueCode(service, {
      user: service.people.alice,
      client: { id: application.id, epoch: 0 },
    });
    const { refresh_token } = await signInFully(service.url);
    const forms: Record<string, [Record<string, string>, Record<string, string>]> = {
      password: [{ username: 'johndoe', password: 'secret' }, {}],
      refresh_token: [{ refresh_token }, {}],
      client_credentials: [{}, machine.credentials],
      authorization_code: [codeForm(application, code), {}],
    };
    const { grant_types_supported } = await document();
    expect(grant_types_supported).toEqual(Object.keys(forms));
    for (const grant_type of grant_types_supported as string[]) {
      const [form, headers] = forms[grant_type] ?? [{}, {}];
      const answer = await postForm(`${service.url}/token`, { grant_type, ...form }, headers);
      expect([grant_type, answer.status]).toEqual([grant_type, 200]);
    }
    for (const grant_type of OTHER_GRANTS) {
      expect(grant_types_supported).not.toContain(grant_type);
      const form = { grant_type, code: 'x', assertion: 'x', device_code: 'x' };
      expect(await postForm(`${service.url}/token`, form, machine.credentials)).toMatchObject(
        oauthError(400, 'unsupported_grant_type', /^grant_type must be one of/),
      );
    }
  });

  it('lists ways of client authentication that all work, and no other does', async () => {
    service = await startApp();
    const { id, secret, credentials } = await addClient(service, { scopes: ['tokens:introspect'] });
    const { access_token } = await signInFully(service.url);
    const ways: Record<string, [Record<string, string>, Record<string, string>]> = {
      client_secret_basic: [{}, credentials],
      client_secret_post: [{ client_id: id, client_secret: secret }, {}],
      none: [{ client_id: 'hallpass' }, {}],
    };
    const grants: Record<string, Record<string, string>> = {
      none: { grant_type: 'password', username: 'johndoe', password: 'secret' },
    };
    const metadata = await document();
    for (const endpoint of ['token', 'revocation', 'introspection']) {
      const url = String(metadata[`${endpoint}_endpoint`]);
      const listed = metadata[`${endpoint}_endpoint_auth_methods_supported`] as string[];
      for (const [way, [fields, headers]] of Object.entries(ways)) {
        const grant = grants[way] ?? { grant_type: 'client_credentials' };
        const form = endpoint === 'token' ? grant : { token: 'no-such-token' };
        const { status } = await postForm(url, { ...form, ...fields }, headers);
        expect([endpoint, way, status]).toEqual([endpoint, way, listed.includes(way) ? 200 : 401]);
      }
      const jwt = {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: access_token,
      };
      for (const way of ['client_secret_jwt', 'private_key_jwt', 'tls_client_auth']) {
        expect(listed).not.toContain(way);
      }
      if (endpoint === 'revocation') continue; // unknown parameters are ignored, and `hallpass` acts
      const form = { grant_type: 'client_credentials', token: 'x', ...jwt };
      expect((await postForm(url, form)).status).toBe(401);
    }
  });

  it('lists endpoints that all answer, and those that are not listed are not there', async () => {
    service = await startApp();
    const metadata = await document();
    const { access_token } = await signInFully(service.url);
    expect((await call(String(metadata['jwks_uri']))).body.keys).toHaveLength(2);
    expect((await call(String(metadata['service_documentation']))).status).toBe(200);
    const answers: [string, Answer][] = [
      ['authorization_endpoint', await call(String(metadata['authorization_endpoint']))],
      ['token_endpoint', await postForm(String(metadata['token_endpoint']), {})],
      ['introspection_endpoint', await postForm(String(metadata['introspection_endpoint']), {})],
    ];
    for (const [name, answer] of answers) expect([name, answer.status]).toEqual([name, 400]);
    expect(metadata['revocation_endpoint']).toBe(`${service.url}/revoke`);
    expect((await revoke(service.url, access_token)).status).toBe(200);
    for (const [name, path] of Object.entries(OTHER_ENDPOINTS)) {
      expect(metadata).not.toHaveProperty(name);
      expect([name, (await read(path)).status]).toEqual([name, 404]);
    }
  });

  it('lists scopes that can all be had by somebody, and no other can', async () => {
    service = await startApp();
    const { scopes_supported } = await document();
    const all = scopes_supported as string[];
    const machine = await addClient(service, { scopes: [...all, 'no:such'] as never });
    for (const scope of all) {
      const asAdmin = { username: 'johndoe', password: 'secret', scope };
      const asMachine = { grant_type: 'client_credentials', scope };
      const statuses = [
        (await postForm(`${service.url}/token`, asAdmin)).status,
        (await postForm(`${service.url}/token`, asMachine, machine.credentials)).status,
      ];
      expect([scope, statuses]).toEqual([scope, expect.arrayContaining([200])]);
    }
    const form = { grant_type: 'client_credentials', scope: 'no:such' };
    expect(await postForm(`${service.url}/token`, form, machine.credentials)).toMatchObject(
      oauthError(400, 'invalid_scope', /no:such/),
    );
  });

  it('loses a grant when no client has it any more, and leaves the list out when it is empty', async () => {
    service = await startApp({ env: { DOCS: 'off' } }); // else the client of the docs page has grants too
    const grants = async () => (await document())['grant_types_supported'];
    expect(await grants()).toEqual(['password', 'refresh_token']);
    await changeClient(service, 'hallpass', { grants: ['refresh_token'] });
    expect(await grants()).toEqual(['refresh_token']);
    const form = { grant_type: 'password', username: 'johndoe', password: 'secret' };
    expect(await postForm(`${service.url}/token`, form)).toMatchObject(
      oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
    );
    const machine = await addClient(service);
    await changeClient(service, machine.id, { name: 'seen at once' });
    expect(await grants()).toEqual(['refresh_token', 'client_credentials']);
    await changeClient(service, machine.id, { disabled: true });
    await changeClient(service, 'hallpass', { disabled: true });
    expect(await document()).not.toHaveProperty('grant_types_supported');
  });

  it('names the keys of ID tokens with HS256 too, and no documentation that is off', async () => {
    const JWT_SECRET = 'jwt-only-Qz7vX2mK9pLw4RtB8nYc3DfH';
    service = await startApp({ env: { TOKEN_ALGORITHM: 'HS256', JWT_SECRET, DOCS: 'off' } });
    const metadata = await document();
    expect(metadata['jwks_uri']).toBe(`${service.url}/.well-known/jwks.json`);
    expect(metadata).not.toHaveProperty('service_documentation');
    const { keys } = (await call(`${service.url}/.well-known/jwks.json`)).body;
    expect((keys as { alg: string }[]).map(({ alg }) => alg)).toEqual(['ES256', 'RS256']);
    expect((await read('/docs')).status).toBe(404);
  });

  it.each([
    'https://id.example.com/tenant',
    'https://id.example.com/a/b',
    'http://localhost/x-1.~_',
  ])('of the issuer %s also answers below its path (§3.1)', async (PUBLIC_URL) => {
    service = await startApp({ env: { PUBLIC_URL } });
    const { pathname } = new URL(PUBLIC_URL);
    const below = await read(PATH + pathname, { origin: 'https://anybody.example' });
    expect(below.status).toBe(200);
    expect(below.body).toEqual(await document());
    expect(below.body).toMatchObject({
      issuer: PUBLIC_URL,
      token_endpoint: `${PUBLIC_URL}/token`,
      jwks_uri: `${PUBLIC_URL}/.well-known/jwks.json`,
      revocation_endpoint: `${PUBLIC_URL}/revoke`,
      introspection_endpoint: `${PUBLIC_URL}/introspect`,
    });
    expect(below.headers.get('cache-control')).toBe('public, max-age=300');
    expect(below.headers.get('access-control-allow-origin')).toBe('*');
    for (const other of ['/other', `${pathname}/more`, pathname.toUpperCase(), `/${pathname}`]) {
      expect([other, (await read(PATH + other)).status]).toEqual([other, 404]);
    }
  });

  it('of an issuer without a path answers below none', async () => {
    service = await startApp({ env: { PUBLIC_URL: 'https://id.example.com' } });
    expect((await read(`${PATH}/tenant`)).status).toBe(404);
    expect((await read(`${PATH}/`)).body.issuer).toBe('https://id.example.com');
  });

  it('takes nothing from the request: Host and X-Forwarded-* change no URL', async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    expect((await read(PATH, headers)).body).toEqual(await document());
    expect((await read(PATH, headers)).text).not.toContain('evil');
  });
});
