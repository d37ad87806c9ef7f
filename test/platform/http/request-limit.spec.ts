import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { call, postForm } from '../../support/http.js';

const DETAIL = 'Too many requests, try again later';
const PROBLEM = { detail: DETAIL, status: 429, title: 'Too Many Requests' };
const ORIGIN = 'https://app.example';

describe('RATE_LIMIT_PER_MINUTE', () => {
  let service: TestApp;
  let host = 0;

  const get = (path: string, from: string, headers: Record<string, string> = {}) =>
    call(`${service.url}${path}`, { headers: { 'x-forwarded-for': from, ...headers } });
  /** An address that has just sent all that it may. */
  const spent = async (): Promise<string> => {
    const address = `203.0.113.${++host}`;
    for (let i = 0; i < 5; i++) expect((await get('/users/me', address)).status).toBe(401);
    return address;
  };

  describe('of 5', () => {
    beforeAll(async () => {
      const env = { TRUST_PROXY: '1', RATE_LIMIT_PER_MINUTE: '5', CORS_ORIGINS: ORIGIN };
      service = await startApp({ env });
    });
    afterEach(() => vi.restoreAllMocks());
    afterAll(() => service.close());

    it('refuses the sixth request of an address: 429 with Retry-After', async () => {
      const answer = await get('/users/me', await spent());
      expect(answer.body).toEqual(PROBLEM);
      expect(answer.status).toBe(429);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
      expect(answer.headers.get('x-request-id')).toBeTruthy();
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('refuses it on every route, known or not, before anything is read', async () => {
      const address = await spent();
      for (const path of ['/docs', '/openapi.json', '/.well-known/jwks.json', '/nowhere']) {
        expect(await get(path, address), path).toMatchObject({ status: 429, body: PROBLEM });
      }
    });

    it.each(['/token', '/revoke', '/introspect'])(
      'refuses it at %s as OAuth does (RFC 6749 §5.2)',
      async (path) => {
        const headers = { 'x-forwarded-for': await spent() };
        const answer = await postForm(`${service.url}${path}`, 'grant_type=%ff', headers);
        const oauth = { error: 'temporarily_unavailable', error_description: DETAIL };
        expect(answer).toMatchObject({ status: 429, body: { ...PROBLEM, ...oauth } });
        expect(answer.headers.get('content-type')).toContain('application/json');
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
      },
    );

    it('tells the page of a listed origin why', async () => {
      const { status, headers } = await get('/users/me', await spent(), { origin: ORIGIN });
      expect(status).toBe(429);
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
    });

    it.each(['/health/live', '/health/ready'])('never refuses %s', async (path) => {
      expect((await get(path, await spent())).status).toBe(200);
    });

    it('leaves other addresses alone', async () => {
      await spent();
      expect((await get('/users/me', `203.0.113.${++host}`)).status).toBe(401);
    });

    it('counts an IPv6 /64 as one address', async () => {
      for (let i = 0; i < 5; i++) await get('/users/me', `2001:db8:1:2::${i}`);
      expect((await get('/users/me', '2001:db8:1:2:f::1')).status).toBe(429);
      expect((await get('/users/me', '2001:db8:1:3::1')).status).toBe(401);
    });

    it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
      'does not count %s, which is this machine',
      async (address) => {
        for (let i = 0; i < 8; i++) expect((await get('/users/me', address)).status).toBe(401);
      },
    );

    it('lets the address go on after the minute', async () => {
      const address = await spent();
      const now = Date.now();
      vi.spyOn(Date, 'now').mockReturnValue(now + 61_000);
      expect((await get('/users/me', address)).status).toBe(401);
    });

    it('lets nobody go on by naming other addresses before the proxy’s', async () => {
      const address = await spent();
      expect((await get('/users/me', `198.51.100.1, ${address}`)).status).toBe(429);
    });
  });

  it('of 0 lets every request through', async () => {
    service = await startApp({ env: { TRUST_PROXY: '1', RATE_LIMIT_PER_MINUTE: '0' } });
    for (let i = 0; i < 50; i++) expect((await get('/users/me', '203.0.113.1')).status).toBe(401);
    await service.close();
  });
});
