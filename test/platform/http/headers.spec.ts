import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../../../src/clients/client.entity.js';
import { Keys } from '../../../src/keys/keys.js';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, postForm, signIn } from '../../support/http.js';
import { rawCall, rawCallWithoutHost } from '../../support/raw.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('every answer', () => {
  let service: TestApp;

  afterEach(() => service.close());

  /** Answers of every kind, by name. */
  async function answers(): Promise<Array<[string, Record<string, string>]>> {
    const { url } = service;
    const token = await signIn(url);
    const long = `X-Long: ${'x'.repeat(20_000)}`;
    const fetched = {
      success: await call(`${url}/users/me`, { headers: bearer(token) }),
      'token success': await postForm(`${url}/token`, 'username=johndoe&password=secret'),
      'token error': await postForm(`${url}/token`, ''),
      'refused before the body': await call(`${url}/token`, { method: 'POST' }),
      401: await call(`${url}/users/me`),
      404: await call(`${url}/nowhere`),
      405: await call(`${url}/users/me`, { method: 'PUT' }),
      413: await postForm(`${url}/token`, 'x'.repeat(70_000)),
      415: await call(`${url}/tasks`, { method: 'POST', body: 'x' }),
      422: await call(`${url}/tasks?limit=x`, { headers: bearer(token) }),
      health: await call(`${url}/health/live`),
      document: await call(`${url}/openapi.json`),
      page: await call(`${url}/docs`),
      redirect: await call(`${url}/docs/`),
    };
    return [
      ...Object.entries(fetched).map(
        ([name, { headers }]) =>
          [name, Object.fromEntries(headers)] as [string, Record<string, string>],
      ),
      ['bad URL', { ...(await rawCall(url, 'GET /%zz')).headers }],
      ['431', { ...(await rawCall(url, 'GET /', [long])).headers }],
      ['no HTTP', { ...(await rawCall(url, 'nonsense')).headers }],
      ['no Host', { ...(await rawCallWithoutHost(url, 'GET /items')).headers }],
      ['unknown Expect', { ...(await rawCall(url, 'GET /items', ['Expect: more'])).headers }],
      ['asterisk', { ...(await rawCall(url, 'OPTIONS *')).headers }],
    ];
  }

  it('has an X-Request-Id of its own, and security headers', async () => {
    service = await startApp();
    const all = await answers();
    for (const [name, headers] of all) {
      expect(headers['x-request-id'], name).toMatch(ID);
      expect(headers['x-content-type-options'], name).toBe('nosniff');
      expect(headers['x-frame-options'], name).toBe('DENY');
      expect(headers['referrer-policy'], name).toBe('no-referrer');
      expect(headers['content-security-policy'], name).toContain("default-src 'none'");
      expect(headers['content-security-policy'], name).toContain("frame-ancestors 'none'");
      expect(headers['strict-transport-security'], name).toBeUndefined();
      expect(headers['x-powered-by'], name).toBeUndefined();
      expect(headers['server'], name).toBeUndefined();
      expect(headers['set-cookie'], name).toBeUndefined();
    }
    const ids = all.map(([, headers]) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has HSTS where PUBLIC_URL is https, and only there', async () => {
    service = await startApp({ env: { PUBLIC_URL: 'https://id.example' } });
    for (const [name, headers] of await answers()) {
      expect(headers['strict-transport-security'], name).toMatch(/^max-age=31536000$/);
    }
  });

  it('never takes its X-Request-Id from the caller, who could forge the log', async () => {
    service = await startApp();
    const headers = { 'x-request-id': 'forged', 'request-id': 'forged' };
    const answer = await call(`${service.url}/users/me`, { headers });
    expect(answer.headers.get('x-request-id')).toMatch(ID);
    expect(service.log()).not.toContain('forged');
  });

  it('may be cached nowhere, but for the keys', async () => {
    service = await startApp();
    for (const path of ['/users/me', '/tasks', '/nowhere', '/health/live']) {
      const headers = bearer(await signIn(service.url));
      const answer = await call(`${service.url}${path}`, { headers });
      expect(answer.headers.get('cache-control'), path).toBe('no-store');
    }
    const keys = await call(`${service.url}/.well-known/jwks.json`);
    expect(keys.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('that is an error may be cached nowhere, though the answer might have been', async () => {
    service = await startApp();
    const clients = service.app.get<Repository<Client>>(getRepositoryToken(Client));
    const busy = Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' });
    vi.spyOn(clients, 'find').mockRejectedValue(busy);
    vi.spyOn(service.app.get(Keys), 'jwks', 'get').mockImplementation(() => {
      throw new Error('a bug');
    });
    const metadata = await call(`${service.url}/.well-known/oauth-authorization-server`);
    const keys = await call(`${service.url}/.well-known/jwks.json`);
    vi.restoreAllMocks();
    expect([metadata.status, keys.status]).toEqual([503, 500]);
    for (const { headers } of [metadata, keys]) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('of a page lets scripts come from files of this server alone', async () => {
    service = await startApp();
    const policy = (await call(`${service.url}/docs`)).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toContain('upgrade-insecure-requests');
  });
});
