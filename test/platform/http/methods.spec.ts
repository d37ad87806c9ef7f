import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, signIn } from '../../support/http.js';
import { rawCall } from '../../support/raw.js';

describe('a known path', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  describe('asked with another method is 405 with Allow (RFC 9110 §15.5.6)', () => {
    it.each([
      ['GET', '/token', 'POST'],
      ['OPTIONS', '/token', 'POST'],
      ['DELETE', '/token/', 'POST'],
      ['GET', '/token?x=1', 'POST'],
      ['POST', '/users/me', 'DELETE, GET, HEAD, PATCH'],
      ['OPTIONS', '/users/me', 'DELETE, GET, HEAD, PATCH'],
      ['OPTIONS', '/users/me/', 'DELETE, GET, HEAD, PATCH'],
      ['PUT', '/tasks', 'GET, HEAD, POST'],
      ['PUT', '/tasks/1', 'DELETE, GET, HEAD, PATCH'],
      ['POST', '/tasks/1/', 'DELETE, GET, HEAD, PATCH'],
      ['OPTIONS', '/tasks/a%20b', 'DELETE, GET, HEAD, PATCH'],
      ['POST', '/.well-known/jwks.json', 'GET, HEAD'],
      ['OPTIONS', '/.well-known/jwks.json', 'GET, HEAD'],
      ['POST', '/health/live', 'GET, HEAD'],
      ['POST', '/openapi.json', 'GET, HEAD'],
      ['POST', '/docs', 'GET, HEAD'],
    ])('%s %s: Allow: %s', async (method, path, allow) => {
      const answer = await call(`${service.url}${path}`, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe(allow);
      expect(answer.body).toMatchObject({ detail: 'Method Not Allowed', status: 405 });
    });

    it.each(['PROPFIND', 'TRACE', 'LOCK'])('%s, which nothing here has, too', async (method) => {
      const answer = await rawCall(service.url, `${method} /users/me`);
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('DELETE, GET, HEAD, PATCH');
    });

    it('whatever its body is', async () => {
      const init = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' };
      expect((await call(`${service.url}/tasks`, init)).status).toBe(405);
    });
  });

  it.each([
    '/users/me',
    '/items',
    '/items/secret',
    '/tasks',
    '/health/live',
    '/.well-known/jwks.json',
    '/openapi.json',
  ])('%s is the same with a slash after it', async (path) => {
    const headers = bearer(await signIn(service.url));
    const [bare, slashed] = await Promise.all([
      call(`${service.url}${path}`, { headers }),
      call(`${service.url}${path}/`, { headers }),
    ]);
    expect(bare.status).toBe(200);
    expect(slashed.status).toBe(200);
    expect(slashed.text).toBe(bare.text);
  });

  it('/docs/ leads to /docs by a relative 308, so that it holds behind any prefix', async () => {
    const answer = await call(`${service.url}/docs/`);
    expect(answer.status).toBe(308);
    const location = answer.headers.get('location') ?? '';
    expect(location).not.toMatch(/^\/|:/);
    expect(new URL(location, 'http://proxy/api/v1/docs/').pathname).toBe('/api/v1/docs');
  });

  describe('in absolute-form (RFC 9112 §3.2.2)', () => {
    it('is the same path', async () => {
      const headers = [`Authorization: Bearer ${await signIn(service.url)}`];
      const answer = await rawCall(service.url, 'GET http://any.example/users/me', headers);
      expect(answer.status).toBe(200);
      expect(answer.body.username).toBe('johndoe');
    });

    it('has the same shape of errors', async () => {
      const answer = await rawCall(service.url, 'POST http://any.example/token?password=x');
      expect(answer.body).toMatchObject({ status: 400, error: 'invalid_request' });
    });
  });

  it('is no asterisk: OPTIONS * is 404 (RFC 9112 §3.2.4)', async () => {
    const answer = await rawCall(service.url, 'OPTIONS *');
    expect(answer.status).toBe(404);
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });
});
