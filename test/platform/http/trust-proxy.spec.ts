import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/http.js';
import { askToken } from '../../support/oauth.js';

describe('TRUST_PROXY', () => {
  let service: TestApp;

  afterEach(() => service.close());

  /** The address that a request with this header is taken to come from. */
  async function addressOf(forwardedFor: string): Promise<unknown> {
    const headers = { 'x-forwarded-for': forwardedFor };
    const answer = await call(`${service.url}/health/live`, { headers });
    const id = answer.headers.get('x-request-id') ?? '';
    await expect.poll(() => service.log()).toContain(id);
    const line =
      service
        .log()
        .split('\n')
        .find((text) => text.includes(id)) ?? '{}';
    return (JSON.parse(line) as { ip: unknown }).ip;
  }

  it.each<[string, Record<string, string>, string, string]>([
    ['unset', {}, '203.0.113.1', '127.0.0.1'],
    ['1', { TRUST_PROXY: '1' }, '203.0.113.1', '203.0.113.1'],
    ['1', { TRUST_PROXY: '1' }, '198.51.100.9, 203.0.113.1', '203.0.113.1'],
    ['2', { TRUST_PROXY: '2' }, '192.0.2.1, 198.51.100.9, 203.0.113.1', '198.51.100.9'],
    [
      'a range of the peer',
      { TRUST_PROXY: '127.0.0.0/8' },
      '198.51.100.9, 203.0.113.1',
      '203.0.113.1',
    ],
    [
      'ranges of all hops',
      { TRUST_PROXY: '127.0.0.0/8,203.0.113.0/24' },
      '198.51.100.9, 203.0.113.1',
      '198.51.100.9',
    ],
    ['a range of others', { TRUST_PROXY: '10.0.0.0/8' }, '203.0.113.1', '127.0.0.1'],
  ])(
    '%s: the address is what a trusted proxy said and no more',
    async (_what, env, sent, address) => {
      service = await startApp({ env });
      expect(await addressOf(sent)).toBe(address);
    },
  );

  it('unset, nobody slips past the limit of guesses by naming other addresses', async () => {
    service = await startApp({ limited: true });
    const guess = (from: string) =>
      askToken(
        service.url,
        { password: 'wrong' },
        { 'x-forwarded-for': from, forwarded: `for=${from}` },
      );
    for (let i = 0; i < 10; i++) expect((await guess(`203.0.113.${i}`)).status).toBe(401);
    expect((await guess('203.0.113.99')).status).toBe(429);
  });

  it('1, nobody slips past it by naming more addresses before the proxy’s', async () => {
    service = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
    const guess = (from: string) =>
      askToken(service.url, { password: 'wrong' }, { 'x-forwarded-for': from });
    for (let i = 0; i < 10; i++)
      expect((await guess(`198.51.100.${i}, 203.0.113.1`)).status).toBe(401);
    expect((await guess('198.51.100.99, 203.0.113.1')).status).toBe(429);
    expect((await guess('203.0.113.2')).status).toBe(401);
  });

  it.each(['x'.repeat(300), "'; DROP TABLE sessions", 'unknown', '::1%eth0'])(
    'a proxy that passes on nonsense breaks no sign-in: %s',
    async (sent) => {
      service = await startApp({ env: { TRUST_PROXY: '1' } });
      expect((await askToken(service.url, {}, { 'x-forwarded-for': sent })).status).toBe(200);
    },
  );

  it('never lets X-Forwarded-Host or -Proto into a token or a link', async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const { access_token } = (await askToken(service.url, {}, forwarded)).body;
    const payload = Buffer.from(String(access_token).split('.')[1] ?? '', 'base64url').toString();
    expect(payload).not.toContain('evil');
    const redirect = await call(`${service.url}/docs/`, { headers: forwarded });
    expect(redirect.headers.get('location')).toBe('../docs');
  });
});
