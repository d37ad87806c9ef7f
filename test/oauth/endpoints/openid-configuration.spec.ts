import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient } from '../../support/clients.js';
import { call } from '../../support/http.js';

const PATH = '/.well-known/openid-configuration';
const METADATA_PATH = '/.well-known/oauth-authorization-server';
const ORIGIN = 'https://anybody.example';

describe('GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0)', () => {
  let service: TestApp;
  afterEach(() => service.close());

  const read = (path = PATH, headers: Record<string, string> = {}) =>
    call(service.url + path, { headers });
  const document = async (path = PATH) => (await read(path)).body as Record<string, unknown>;

  it('says all that the metadata of RFC 8414 says, and what is for relying parties (§3)', async () => {
    service = await startApp();
    await addClient(service, { grants: ['authorization_code'] });
    const openId = await document();
    expect(openId).toMatchObject(await document(METADATA_PATH));
    expect(openId).toMatchObject({
      issuer: service.url,
      authorization_endpoint: `${service.url}/authorize`,
      userinfo_endpoint: `${service.url}/userinfo`,
      end_session_endpoint: `${service.url}/sign-out`,
      subject_types_supported: ['public'],
      scopes_supported: expect.arrayContaining(['openid']) as string[],
      request_uri_parameter_supported: false,
    });
  });

  it('lists endpoints that all answer', async () => {
    service = await startApp();
    const openId = await document();
    const statusOf = async (name: string) => (await call(String(openId[name]))).status;
    expect(await statusOf('authorization_endpoint')).toBe(400); // it was sent nothing
    expect(await statusOf('userinfo_endpoint')).toBe(401);
    expect(await statusOf('end_session_endpoint')).toBe(200);
    expect(await statusOf('jwks_uri')).toBe(200);
  });

  it('may be kept for a while and read by any origin', async () => {
    service = await startApp();
    const answer = await read(PATH, { origin: ORIGIN });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await call(service.url + PATH, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect((await call(service.url + PATH, { method: 'POST' })).status).toBe(405);
  });

  it('names codes only while a client may use them, as the metadata does', async () => {
    service = await startApp({ env: { DOCS: 'off' } });
    await changeClient(service, 'hallpass', { grants: ['password'] });
    const { id } = await addClient(service, { grants: ['authorization_code'] });
    const named = async () => [
      await document().then((one) => one['response_types_supported']),
      await document(METADATA_PATH).then((one) => one['response_types_supported']),
      await document(METADATA_PATH).then((one) => one['grant_types_supported']),
    ];
    await changeClient(service, id, { name: 'seen at once' });
    expect(await named()).toEqual([['code'], ['code'], ['password', 'authorization_code']]);
    await changeClient(service, id, { disabled: true });
    expect(await named()).toEqual([undefined, undefined, ['password']]);
  });

  it.each(['https://id.example.com/tenant', 'https://id.example.com/a/b'])(
    'of the issuer %s also answers below its path (RFC 8414 §5)',
    async (PUBLIC_URL) => {
      service = await startApp({ env: { PUBLIC_URL } });
      const { pathname } = new URL(PUBLIC_URL);
      const below = await read(PATH + pathname, { origin: ORIGIN });
      expect(below.status).toBe(200);
      expect(below.body).toEqual(await document());
      expect(below.body).toMatchObject({
        issuer: PUBLIC_URL,
        userinfo_endpoint: `${PUBLIC_URL}/userinfo`,
      });
      expect(below.headers.get('cache-control')).toBe('public, max-age=300');
      expect(below.headers.get('access-control-allow-origin')).toBe('*');
      for (const other of ['/other', `${pathname}/more`, pathname.toUpperCase(), `/${pathname}`]) {
        expect([other, (await read(PATH + other)).status]).toEqual([other, 404]);
      }
    },
  );

  it('of an issuer without a path answers below none', async () => {
    service = await startApp({ env: { PUBLIC_URL: 'https://id.example.com' } });
    expect((await read(`${PATH}/tenant`)).status).toBe(404);
  });

  it('takes nothing from the request: Host and X-Forwarded-* change no URL', async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    expect((await read(PATH, headers)).body).toEqual(await document());
    expect((await read(PATH, headers)).text).not.toContain('evil');
  });
});
