import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { claimsOf, headerOf } from '../../support/forge.js';
import { call } from '../../support/http.js';
import { askToken, comparable, INCORRECT, oauthError, usualScope } from '../../support/oauth.js';

const HEADERS = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'content-type': expect.stringMatching(/^application\/json(; charset=utf-8)?$/) as string,
  'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
};

describe('POST /token', () => {
  let service: TestApp;
  const token = (fields = {}, headers = {}) => askToken(service.url, fields, headers);

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('answers a good form with a bearer token, its life and its scope, and nothing else (RFC 6749 §5.1)', async () => {
    const answer = await token();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'bearer',
      refresh_token: expect.stringMatching(/^hp_rt_[\w-]{76}$/),
      expires_in: 900,
      scope: usualScope(),
    });
  });

  it('signs a JWT with the header and claims of RFC 9068 §2', async () => {
    const { access_token } = (await token()).body;
    expect(headerOf(access_token)).toEqual({
      typ: 'at+jwt',
      alg: 'ES256',
      kid: expect.any(String),
    });
    const claims = claimsOf(access_token);
    expect(claims).toEqual({
      iss: service.url,
      aud: service.url,
      sub: service.people.johndoe.id,
      client_id: 'hallpass',
      scope: usualScope(),
      sid: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
  });

  it('gives two sign-ins two sessions and two token ids', async () => {
    const first = claimsOf((await token()).body.access_token);
    const second = claimsOf((await token()).body.access_token);
    expect(first['jti']).not.toBe(second['jti']);
    expect(first['sid']).not.toBe(second['sid']);
  });

  it.each([
    ['a success', {}, 200],
    ['a wrong password', { password: 'wrong' }, 401],
    ['a missing field', { password: undefined }, 400],
    ['an unknown client', { client_id: 'nobody' }, 401],
    ['an unknown grant', { grant_type: 'magic' }, 400],
    ['a form that is too large', { padding: 'x'.repeat(65_536) }, 413],
  ])(
    'forbids caching of %s, and names the request (RFC 6749 §5.1)',
    async (_what, fields, status) => {
      const answer = await token(fields);
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject(HEADERS);
    },
  );

  it('forbids caching of what is refused before its body is read', async () => {
    const answer = await call(`${service.url}/token`, { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(Object.fromEntries(answer.headers)).toMatchObject(HEADERS);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'refuses %s with 405 and Allow: POST (RFC 6749 §3.2)',
    async (method) => {
      const answer = await call(`${service.url}/token`, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
    },
  );

  it('answers at /token/ too', async () => {
    const body = new URLSearchParams({ username: 'johndoe', password: 'secret' });
    expect((await call(`${service.url}/token/`, { method: 'POST', body })).status).toBe(200);
  });

  it('answers errors at /token/ as it does at /token', async () => {
    const body = new URLSearchParams({ username: 'johndoe', password: 'wrong' });
    const answer = await call(`${service.url}/token/`, { method: 'POST', body });
    expect(answer).toMatchObject(INCORRECT);
    expect(Object.fromEntries(answer.headers)).toMatchObject(HEADERS);
  });

  it('ignores a stale bearer token that a front end adds to every call', async () => {
    expect((await token({}, { authorization: 'Bearer stale' })).status).toBe(200);
  });

  describe('grant_type', () => {
    it.each(['magic', 'Password', 'PASSWORD', ' password', 'constructor', '__proto__'])(
      '%j is 400 unsupported_grant_type (RFC 6749 §5.2)',
      async (grant_type) => {
        const answer = await token({ grant_type });
        expect(answer).toMatchObject(oauthError(400, 'unsupported_grant_type', /grant_type/));
        expect(answer.text).not.toContain('magic');
      },
    );

    it.each([
      ['missing', undefined],
      ['empty', ''],
    ])('%s is password where a username or a password is sent', async (_what, grant_type) => {
      expect((await token({ grant_type })).status).toBe(200);
      const nameless = await token({ grant_type, username: undefined });
      expect(nameless).toMatchObject(oauthError(400, 'invalid_request', /\busername\b/));
      const wordless = await token({ grant_type, password: undefined });
      expect(wordless).toMatchObject(oauthError(400, 'invalid_request', /\bpassword\b/));
    });

    it('missing is 400 naming grant_type where neither is sent', async () => {
      const fields = { grant_type: undefined, username: undefined, password: undefined };
      const answer = await token({ ...fields, scope: 'items:read' });
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', /\bgrant_type\b/));
    });
  });

  describe('a refused sign-in', () => {
    it('has the same status, body and headers for a wrong password, an unknown and a disabled user', async () => {
      const wrong = await token({ password: 'wrong' });
      const unknown = await token({ username: 'nobody' });
      const disabled = await token({ username: 'bob', password: 'secret3' });
      const disabledWrong = await token({ username: 'bob', password: 'wrong' });
      expect(wrong).toMatchObject(INCORRECT);
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="hallpass"');
      expect(comparable(unknown)).toEqual(comparable(wrong));
      expect(comparable(disabled)).toEqual(comparable(wrong));
      expect(comparable(disabledWrong)).toEqual(comparable(wrong));
    });

    it('says the same in detail and error_description, and no more than the shape of an error has', async () => {
      expect((await token({ password: 'wrong' })).body).toEqual({
        detail: 'Incorrect username or password',
        status: 401,
        title: 'Unauthorized',
        error: 'invalid_grant',
        error_description: 'Incorrect username or password',
      });
    });
  });
});
