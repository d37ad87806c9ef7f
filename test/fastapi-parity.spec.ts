import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsersService } from '../src/users/users.service.js';
import { startApp, type TestApp } from './support/app.js';
import { type Change, forge, forgeHmac, unsigned } from './support/forge.js';
import { type Answer, bearer, call, postForm, signIn } from './support/http.js';
import { askToken } from './support/oauth.js';

/** Row by row what FastAPI's security tutorial does, and where this service answers otherwise on purpose. */
describe('beside the FastAPI security tutorial', () => {
  let service: TestApp;
  let token: string;

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  describe('POST /token', () => {
    const post = (body: string, query = '') => postForm(`${service.url}/token${query}`, body);
    const sign = (more = '') => post(`username=johndoe&password=secret${more}`);

    it('a good form is 200 {access_token, token_type: "bearer"}, plus expires_in, scope and no-store', async () => {
      const answer = await sign('&grant_type=password');
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 900,
        scope: expect.any(String),
      });
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it.each<[string, number, () => Promise<Answer>]>([
      ['grant_type missing', 200, () => sign()],
      ['grant_type empty', 200, () => sign('&grant_type=')],
      ['an unknown extra field', 200, () => sign('&remember=yes')],
      ['a scope it may have', 200, () => sign('&scope=tasks:read+items:read')],
      [
        'at /token/',
        200,
        () => postForm(`${service.url}/token/`, 'username=johndoe&password=secret'),
      ],
    ])('%s: %i, as there', async (_what, status, request) => {
      expect((await request()).status).toBe(status);
    });

    it.each<[string, number, string, () => Promise<Answer>]>([
      ['an unknown scope, granted there', 400, 'invalid_scope', () => sign('&scope=me')],
      ['another grant_type, 422 there', 400, 'unsupported_grant_type', () => sign('&grant_type=x')],
      ['an unknown client, ignored there', 401, 'invalid_client', () => sign('&client_id=x')],
      [
        'the same field twice, the last wins there',
        400,
        'invalid_request',
        () => sign('&username=x'),
      ],
      ['an empty username', 400, 'invalid_request', () => post('username=&password=secret')],
      ['an empty password', 400, 'invalid_request', () => post('username=johndoe&password=')],
      ['no username', 400, 'invalid_request', () => post('password=secret')],
      ['no password', 400, 'invalid_request', () => post('username=johndoe')],
      ['an empty body', 400, 'invalid_request', () => post('')],
      ['no body', 400, 'invalid_request', () => call(`${service.url}/token`, { method: 'POST' })],
      [
        'credentials in the query',
        400,
        'invalid_request',
        () => post('', '?username=johndoe&password=secret'),
      ],
    ])('%s: %i %s', async (_what, status, error, request) => {
      const answer = await request();
      expect(answer.status).toBe(status);
      expect(answer.body).toMatchObject({ error, detail: answer.body.error_description });
    });

    it.each([
      ['multipart, 200 there', () => formData()],
      ['JSON, 422 there', () => new Blob(['{}'], { type: 'application/json' })],
    ])('%s: 400, and says that a form is expected', async (_what, body) => {
      const answer = await call(`${service.url}/token`, { method: 'POST', body: body() });
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toContain('application/x-www-form-urlencoded');
    });

    it.each([
      ['a wrong password', { password: 'wrong' }],
      ['an unknown user', { username: 'nobody' }],
      ['a disabled user, 200 there and refused later', { username: 'bob', password: 'secret3' }],
    ])(
      '%s: 401, WWW-Authenticate: Bearer, Incorrect username or password',
      async (_what, fields) => {
        const answer = await askToken(service.url, fields);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
        expect(answer.body).toMatchObject({
          detail: 'Incorrect username or password',
          error: 'invalid_grant',
          error_description: 'Incorrect username or password',
        });
      },
    );

    it.each(['GET', 'HEAD', 'PUT'])('%s: 405 with Allow: POST, as there', async (method) => {
      const answer = await call(`${service.url}/token`, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
    });
  });

  describe('a guarded route', () => {
    const me = (headers: Record<string, string>, query = '') =>
      call(`${service.url}/users/me${query}`, { headers });

    it('/users/me returns username, email, full_name, disabled as there, plus what is only here', async () => {
      expect((await me(bearer(token))).body).toEqual({
        username: 'johndoe',
        email: 'johndoe@example.com',
        full_name: 'John Doe',
        disabled: false,
        email_verified: true,
        pending_email: null,
        id: service.people.johndoe.id,
        role: 'admin',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      });
    });

    it.each([
      ['no header', () => ({}), ''],
      ['an empty header', () => ({ authorization: '' }), ''],
      ['Token x', () => ({ authorization: 'Token x' }), ''],
      ['a bare token', () => ({ authorization: token }), ''],
      ['Basic', () => ({ authorization: 'Basic am9obmRvZTpzZWNyZXQ=' }), ''],
      ['?access_token=', () => ({}), '?access_token='],
      ['Bearer alone', () => ({ authorization: 'Bearer' }), ''],
      ['Bearer and a space', () => ({ authorization: 'Bearer ' }), ''],
    ])(
      '%s: 401 Not authenticated, WWW-Authenticate: Bearer, as there',
      async (_what, headers, query) => {
        const answer = await me(headers(), query && query + token);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="hallpass"');
        expect(answer.body.detail).toBe('Not authenticated');
      },
    );

    it.each(['bearer', 'BEARER', 'Bearer '])('the scheme as %j: 200, as there', async (scheme) => {
      expect((await me({ authorization: `${scheme} ${token}` })).status).toBe(200);
    });

    const own = (change: Change) => forge(service, token, change);
    const later = () => service.clock.now() + 60;
    it.each<[string, () => string]>([
      ['garbage', () => 'garbage'],
      [
        'a tampered token',
        () => [unsigned(token, { claims: { jti: 'x' } }), token.split('.')[2]].join('.'),
      ],
      ['an expired token', () => own({ claims: { exp: service.clock.now() - 1 } })],
      [
        'another key',
        () => own({ key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }),
      ],
      ['HS512', () => forgeHmac(token, { header: { alg: 'HS512' } }, 'secret')],
      ['alg none', () => `${unsigned(token, { header: { alg: 'none' } })}.`],
      ['no sub', () => own({ claims: { sub: undefined } })],
      ['an int sub', () => own({ claims: { sub: 1 } })],
      ['an unknown sub', () => own({ claims: { sub: 'nobody' } })],
      ['nbf in the future', () => own({ claims: { nbf: later() } })],
      ['iat in the future', () => own({ claims: { iat: later() } })],
      ['an unexpected aud', () => own({ claims: { aud: 'other' } })],
      ['no exp, 200 there', () => own({ claims: { exp: undefined } })],
      ['a scope claim that is a list, 500 there', () => own({ claims: { scope: ['items:read'] } })],
    ])(
      '%s: 401 Could not validate credentials, error="invalid_token"',
      async (_what, credential) => {
        const answer = await me(bearer(credential()));
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
        expect(answer.body.detail).toBe('Could not validate credentials');
      },
    );

    it('a scope missing, 401 there: 403 Not enough permissions, and the same scope list', async () => {
      const narrow = await signIn(service.url, 'johndoe', 'secret', 'tasks:read');
      const answer = await call(`${service.url}/items`, { headers: bearer(narrow) });
      expect(answer.status).toBe(403);
      expect(answer.body.detail).toBe('Not enough permissions');
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer .*error="insufficient_scope", scope="items:read"$/,
      );
    });

    it('a user disabled after signing in, 400 there: 401 Inactive user', async () => {
      const users = service.app.get(UsersService);
      const { id } = await users.create({ username: 'carol', password: 'secret4' });
      const before = await signIn(service.url, 'carol', 'secret4');
      await users.change({ id }, { disabled: true });
      const answer = await me(bearer(before));
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toBe('Inactive user');
    });

    it('another method: 405 and Allow, as there', async () => {
      const answer = await call(`${service.url}/users/me`, { method: 'POST' });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
    });
  });
});

function formData(): FormData {
  const form = new FormData();
  form.set('username', 'johndoe');
  form.set('password', 'secret');
  return form;
}
