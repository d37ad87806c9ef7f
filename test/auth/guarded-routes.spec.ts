import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, sendJson, signIn } from '../support/http.js';
import { rawCall } from '../support/raw.js';

const NO_TOKEN = 'Bearer realm="hallpass"';
const BAD_TOKEN =
  'Bearer realm="hallpass", error="invalid_token", error_description="Could not validate credentials"';

describe('a guarded route', () => {
  let service: TestApp;
  let token: string;
  const get = (path: string, headers: Record<string, string> = {}) =>
    call(`${service.url}${path}`, { headers });

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  it('opens with a bearer token', async () => {
    const answer = await get('/users/me', bearer(token));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'johndoe', role: 'admin', disabled: false });
  });

  it.each(['bearer', 'BEARER', 'bEaReR', 'Bearer ', 'Bearer    '])(
    'reads the scheme in any case and spaces after it: %j (RFC 9110 §11.1)',
    async (scheme) => {
      const answer = await get('/users/me', { authorization: `${scheme} ${token}` });
      expect(answer.status).toBe(200);
    },
  );

  describe('without credentials', () => {
    it.each<[string, (token: string) => Record<string, string>]>([
      ['no Authorization header', () => ({})],
      ['an empty header', () => ({ authorization: '' })],
      ['a bare Bearer', () => ({ authorization: 'Bearer' })],
      ['Bearer and a space', () => ({ authorization: 'Bearer ' })],
      ['another scheme', (good) => ({ authorization: `Token ${good}` })],
      ['a scheme that begins alike', (good) => ({ authorization: `Bearers ${good}` })],
      ['a bare token', (good) => ({ authorization: good })],
      ['Basic', () => ({ authorization: 'Basic am9obmRvZTpzZWNyZXQ=' })],
      ['a token in another header', (good) => ({ 'x-authorization': `Bearer ${good}` })],
      ['a token in a cookie', (good) => ({ cookie: `access_token=${good}` })],
    ])(
      '%s is 401 with a challenge that has no error code (RFC 6750 §3.1)',
      async (_what, headers) => {
        const answer = await get('/users/me', headers(token));
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(NO_TOKEN);
        expect(answer.body).toEqual({
          detail: 'Not authenticated',
          status: 401,
          title: 'Unauthorized',
        });
      },
    );

    it.each([
      ['GET', '/items', 'items:read'],
      ['GET', '/tasks', 'tasks:read'],
      ['POST', '/tasks', 'tasks:write'],
      ['DELETE', '/tasks/1', 'tasks:write'],
    ])('names the scopes that %s %s needs', async (method, path, scope) => {
      const answer = await call(`${service.url}${path}`, { method });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(`${NO_TOKEN}, scope="${scope}"`);
    });

    it('ignores a token in the query string (OAuth 2.1 §5.1)', async () => {
      const answer = await get(`/users/me?access_token=${token}&token=${token}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(NO_TOKEN);
    });

    it('ignores a token in the body (OAuth 2.1 §5.1)', async () => {
      const body = { title: 'x', access_token: token };
      const answer = await sendJson(`${service.url}/tasks`, 'POST', body);
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toBe('Not authenticated');
    });
  });

  describe('with a credential that is no token', () => {
    it.each(['x', 'a b', 'a.b.c', 'a,b', '"quoted"', 'tök', 'null', '..', '='])(
      'Bearer %s is 401 invalid_token (RFC 6750 §3.1)',
      async (credential) => {
        const answer = await get('/users/me', { authorization: `Bearer ${credential}` });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(BAD_TOKEN);
        expect(answer.body.detail).toBe('Could not validate credentials');
      },
    );

    it('a good token and a word more are 401, not the good token', async () => {
      const answer = await get('/users/me', { authorization: `Bearer ${token} x` });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(BAD_TOKEN);
    });
  });

  it.each([
    ['the same', (good: string) => [`Bearer ${good}`, `Bearer ${good}`]],
    ['a good and a bad one', (good: string) => [`Bearer ${good}`, 'Bearer x']],
    ['two schemes', (good: string) => [`Basic Og==`, `Bearer ${good}`]],
  ])('refuses two Authorization headers, %s, with 400 (RFC 6750 §3.1)', async (_what, values) => {
    const headers = values(token).map((value) => `Authorization: ${value}`);
    const answer = await rawCall(service.url, 'GET /users/me', headers);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  describe('with a token of too little scope', () => {
    it.each([
      ['GET', '/items', 'items:read', 'tasks:read'],
      ['GET', '/tasks', 'tasks:read', 'tasks:write'],
      ['GET', '/tasks/1', 'tasks:read', 'openid'],
      ['POST', '/tasks', 'tasks:write', 'tasks:read'],
      ['PATCH', '/tasks/1', 'tasks:write', 'tasks:read'],
      ['DELETE', '/tasks/1', 'tasks:write', 'tasks:read items:read'],
    ])('%s %s is 403 and names %s (RFC 6750 §3.1)', async (method, path, needed, granted) => {
      const narrow = await signIn(service.url, 'johndoe', 'secret', granted);
      const answer = await call(`${service.url}${path}`, { method, headers: bearer(narrow) });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="hallpass", error="insufficient_scope", scope="${needed}"`,
      );
      expect(answer.body).toEqual({
        detail: 'Not enough permissions',
        status: 403,
        title: 'Forbidden',
      });
    });

    it('a route without scopes opens with any good token', async () => {
      const narrow = await signIn(service.url, 'johndoe', 'secret', 'openid');
      expect((await get('/users/me', bearer(narrow))).status).toBe(200);
      expect((await get('/items/secret', bearer(narrow))).body.token).toBe(narrow);
    });
  });

  it.each([401, 403])(
    'answers %i as application/problem+json that nobody may cache',
    async (status) => {
      const narrow = await signIn(service.url, 'johndoe', 'secret', 'openid');
      const answer = await get('/items', status === 403 ? bearer(narrow) : {});
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.body).not.toHaveProperty('error');
    },
  );

  it('answers HEAD as it answers GET', async () => {
    const head = (headers: Record<string, string>) =>
      call(`${service.url}/users/me`, { method: 'HEAD', headers });
    expect((await head(bearer(token))).status).toBe(200);
    expect((await head({})).headers.get('www-authenticate')).toBe(NO_TOKEN);
  });
});
