import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, bearer, call, postForm, signIn } from '../../support/http.js';
import { rawCall } from '../../support/raw.js';

const ALLOWED = 'https://app.example';
const OTHERS = [
  'https://evil.example',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example.evil.example',
  'https://sub.app.example',
  'HTTPS://APP.EXAMPLE',
  'null',
];

describe('CORS', () => {
  let service: TestApp;

  const preflight = (path: string, origin: string, method = 'GET') =>
    call(`${service.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    });
  const corsOf = ({ headers }: Answer) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  beforeAll(async () => {
    service = await startApp({ env: { CORS_ORIGINS: `${ALLOWED},http://localhost:5173` } });
  });
  afterAll(() => service.close());

  describe('for a listed origin', () => {
    it.each([
      ['/token', 'POST'],
      ['/users/me', 'GET'],
      ['/tasks/1', 'PATCH'],
    ])('lets a preflight of %s pass with 204', async (path, method) => {
      const answer = await preflight(path, ALLOWED, method);
      expect(answer.status).toBe(204);
      expect(corsOf(answer)).toMatchObject({ 'access-control-allow-origin': ALLOWED });
      expect(answer.headers.get('access-control-allow-methods')).toContain(method);
      expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toBe(
        'authorization, content-type',
      );
    });

    it('shows an answer, and the headers that a front end needs', async () => {
      const headers = { ...bearer(await signIn(service.url)), origin: 'http://localhost:5173' };
      const answer = await call(`${service.url}/users/me`, { headers });
      expect(corsOf(answer)).toEqual({
        'access-control-allow-origin': 'http://localhost:5173',
        'access-control-expose-headers': 'WWW-Authenticate, Retry-After, X-Request-Id',
      });
      expect(answer.headers.get('vary')).toContain('Origin');
    });

    it.each([
      ['400', () => postForm(`${service.url}/token`, 'username=x', { origin: ALLOWED })],
      [
        '400 before the body',
        () => call(`${service.url}/token`, { method: 'POST', headers: { origin: ALLOWED } }),
      ],
      [
        '401 at /token',
        () => postForm(`${service.url}/token`, 'username=x&password=y', { origin: ALLOWED }),
      ],
      ['401', () => call(`${service.url}/users/me`, { headers: { origin: ALLOWED } })],
      ['404', () => call(`${service.url}/nowhere`, { headers: { origin: ALLOWED } })],
      [
        '405',
        () => call(`${service.url}/users/me`, { method: 'PUT', headers: { origin: ALLOWED } }),
      ],
      [
        '413',
        () => postForm(`${service.url}/token`, `x=${'x'.repeat(70_000)}`, { origin: ALLOWED }),
      ],
    ])('shows errors too: %s', async (status, request) => {
      const answer = await request();
      expect(answer.status).toBe(Number(status.slice(0, 3)));
      expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    });

    it('shows the error of a path that cannot be decoded', async () => {
      const answer = await rawCall(service.url, 'GET /tasks/%zz', [`Origin: ${ALLOWED}`]);
      expect(answer.status).toBe(400);
      expect(answer.headers['access-control-allow-origin']).toBe(ALLOWED);
    });

    it('never allows credentials: no cookie is ever wanted', async () => {
      const answers = [
        await preflight('/token', ALLOWED, 'POST'),
        await call(`${service.url}/users/me`, { headers: { origin: ALLOWED } }),
      ];
      for (const { headers } of answers) {
        expect(headers.get('access-control-allow-credentials')).toBeNull();
      }
    });

    it('treats OPTIONS that is no preflight like any method that is not there: 405', async () => {
      const init = { method: 'OPTIONS', headers: { origin: ALLOWED } };
      const answer = await call(`${service.url}/users/me`, init);
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
    });
  });

  describe('for any other origin', () => {
    it.each(OTHERS)('%s: no header on an answer, 405 for a preflight', async (origin) => {
      const answer = await call(`${service.url}/users/me`, { headers: { origin } });
      expect(answer.status).toBe(401);
      expect(corsOf(answer)).toEqual({});
      expect(answer.headers.get('vary')).toContain('Origin');
      const refused = await preflight('/users/me', origin);
      expect(refused.status).toBe(405);
      expect(corsOf(refused)).toEqual({});
      expect(refused.headers.get('vary')).toContain('Origin');
    });
  });

  describe('at the JWKS', () => {
    it.each([ALLOWED, 'https://evil.example', 'null'])(
      'any origin may read: %s',
      async (origin) => {
        const path = '/.well-known/jwks.json';
        const answer = await call(`${service.url}${path}`, { headers: { origin } });
        expect(answer.headers.get('access-control-allow-origin')).toBe('*');
        expect((await preflight(path, origin)).status).toBe(204);
      },
    );
  });

  describe('at the pages', () => {
    it.each(['/docs', '/docs/swagger-ui.css', '/oauth2-redirect.html'])(
      '%s: none, not even for a listed origin',
      async (path) => {
        const answer = await call(`${service.url}${path}`, { headers: { origin: ALLOWED } });
        expect(answer.status).toBe(200);
        expect(corsOf(answer)).toEqual({});
        expect((await preflight(path, ALLOWED)).status).toBe(405);
      },
    );
  });
});

describe('CORS_ORIGINS unset', () => {
  it('lets no origin in', async () => {
    const service = await startApp();
    const headers = { origin: service.url, 'access-control-request-method': 'GET' };
    const answer = await call(`${service.url}/users/me`, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await service.close();
  });
});
