import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, type TestClient } from '../../support/clients.js';
import { bearer, call } from '../../support/http.js';
import { FORM, oauthError } from '../../support/oauth.js';
import { rawToken } from '../../support/raw.js';
import { machineToken, secretRoute } from '../../support/tokens.js';

const A_FORM = oauthError(400, 'invalid_request', /application\/x-www-form-urlencoded/);

describe.each(['/revoke', '/introspect'])('the form of POST %s', (path) => {
  let service: TestApp;
  let client: TestClient;
  let token: string;
  const post = (body: string | Uint8Array<ArrayBuffer>, contentType = FORM, query = '') => {
    const headers = { 'content-type': contentType, ...client.credentials };
    return call(`${service.url}${path}${query}`, { method: 'POST', headers, body });
  };

  beforeAll(async () => {
    service = await startApp({ env: { CORS_ORIGINS: 'https://app.example' } });
    client = await addClient(service, { scopes: ['tokens:introspect'] });
    token = await machineToken(service.url, client);
  });
  afterAll(() => service.close());

  it.each<[string, string, RegExp]>([
    ['nothing', '', /^token is missing$/],
    ['an empty token', 'token=', /^token is missing$/],
    ['a token without a value', 'token', /^token is missing$/],
    ['a token in another case', 'Token=x', /^token is missing$/],
    ['a token with a space before its name', '+token=x', /^token is missing$/],
    ['two tokens', 'token=x&token=y', /^token is sent more than once$/],
    ['the same token twice', 'token=x&token=x', /^token is sent more than once$/],
    ['an empty token beside one', 'token=&token=x', /^token is sent more than once$/],
    ['a token in a list', 'token[]=x', /^token must be a plain value$/],
    ['a token in an object', 'token[a]=x', /^token must be a plain value$/],
    ['a token and one in a list', 'token=x&token%5B%5D=x', /^token must be a plain value$/],
    [
      'two hints',
      'token=x&token_type_hint=access_token&token_type_hint=refresh_token',
      /^token_type_hint is sent more than once$/,
    ],
    ['a hint in a list', 'token=x&token_type_hint[]=x', /^token_type_hint must be a plain value$/],
    ['two client_ids', 'token=x&client_id=a&client_id=a', /^client_id is sent more than once$/],
    ['broken percent-encoding', 'token=%zz', /UTF-8/],
    ['half a character', 'token=%ff', /UTF-8/],
  ])('with %s is 400 invalid_request and says why', async (_what, body, detail) => {
    expect(await post(body)).toMatchObject(oauthError(400, 'invalid_request', detail));
  });

  it('with bytes that are not UTF-8 is 400', async () => {
    const body = new Uint8Array([...new TextEncoder().encode('token='), 0xff]);
    expect(await post(body)).toMatchObject(oauthError(400, 'invalid_request', /UTF-8/));
  });

  it('ignores what it does not know, even repeated', async () => {
    expect((await post('token=x&foo=1&foo=2&resource=a&username[a]=b')).status).toBe(200);
  });

  it.each<[string, string, string]>([
    ['JSON', 'application/json', '{"token":"x"}'],
    ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ['text', 'text/plain', 'token=x'],
    ['a JWT', 'application/jwt', 'x'],
  ])('that is %s is 400 and asks for a form', async (_what, type, body) => {
    expect(await post(body, type)).toMatchObject(A_FORM);
  });

  it('that is compressed is 400, before it is read', async () => {
    const headers = { 'content-type': FORM, 'content-encoding': 'gzip', ...client.credentials };
    const init = { method: 'POST', headers, body: 'token=x' };
    expect(await call(`${service.url}${path}`, init)).toMatchObject(A_FORM);
  });

  it.each(['token', 'token_type_hint', 'client_id', 'client_secret', 'token[]', 'username'])(
    'with %s in the query string is 400, whatever the body says',
    async (name) => {
      const query = `?${encodeURIComponent(name)}=x`;
      expect(await post('token=x', FORM, query)).toMatchObject(A_FORM);
    },
  );

  it('with the token in the query string is 400 and ends nothing', async () => {
    expect(await post('', FORM, `?token=${token}`)).toMatchObject(A_FORM);
    expect(await secretRoute(service.url, token)).toBe(200);
  });

  it('of more than 64 KiB is 413', async () => {
    const answer = await post(`token=${'x'.repeat(1_000_000)}`);
    expect(answer).toMatchObject({ status: 413, body: { error: 'invalid_request' } });
  });

  it.each<[string, string, (id: string, secret: string) => Record<string, string>]>([
    [
      'Basic and a secret in the form',
      'client_secret',
      (_id, client_secret) => ({ client_secret }),
    ],
    [
      'Basic and the same credentials in the form',
      'both',
      (client_id, client_secret) => ({ client_id, client_secret }),
    ],
    ['Basic and another client_id', 'client_id', () => ({ client_id: 'hallpass' })],
  ])('with two ways of authentication, %s, is 400', async (_what, _which, fields) => {
    const body = new URLSearchParams({ token, ...fields(client.id, client.secret) }).toString();
    expect(await post(body)).toMatchObject(oauthError(400, 'invalid_request', /one way/));
    expect(await secretRoute(service.url, token)).toBe(200);
  });

  it('with a client_secret and no client_id is 400', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: 'token=x&client_secret=y',
    };
    expect(await call(`${service.url}${path}`, init)).toMatchObject(
      oauthError(400, 'invalid_request', /client_id/),
    );
  });

  it('with two Authorization headers is 400', async () => {
    const { authorization } = client.credentials;
    const headers = [`Authorization: ${authorization}`, `Authorization: ${authorization}`];
    const answer = await rawToken(service.url, 'token=x', headers, path);
    expect(answer).toMatchObject(oauthError(400, 'invalid_request', /Authorization/));
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s is 405', async (method) => {
    const answer = await call(`${service.url}${path}`, { method, headers: bearer('x') });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('is never stored, whatever is answered (RFC 6749 §5.1)', async () => {
    const answers = [await post('token=x'), await post(''), await post('{}', 'application/json')];
    const headers = { 'content-type': FORM, authorization: 'Basic eDp5' };
    const init = { method: 'POST', headers, body: 'token=x' };
    answers.push(await call(`${service.url}${path}`, init));
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 401]);
    for (const answer of answers) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('pragma')).toBe('no-cache');
      if (answer.text !== '') {
        expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      }
    }
  });

  it('may be sent by a listed origin, and by no other', async () => {
    const from = async (origin: string) => {
      const headers = { 'content-type': FORM, origin, ...client.credentials };
      const init = { method: 'POST', headers, body: 'token=x' };
      return (await call(`${service.url}${path}`, init)).headers.get('access-control-allow-origin');
    };
    expect(await from('https://app.example')).toBe('https://app.example');
    expect(await from('https://evil.example')).toBeNull();
  });

  it('leaves neither the token nor the secret in the log', async () => {
    await post(`token=${token}&client_id=${client.id}`);
    await post(`token=hp_rt_not-a-token&client_secret=${client.secret}`);
    expect(service.log()).not.toContain(token);
    expect(service.log()).not.toContain('hp_rt_not-a-token');
    expect(service.log()).not.toContain(client.secret);
  });
});
