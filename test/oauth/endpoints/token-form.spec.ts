import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { call } from '../../support/http.js';
import { askToken, askTokenWith, FORM, oauthError } from '../../support/oauth.js';

const GOOD = 'grant_type=password&username=johndoe&password=secret';
const FORM_EXPECTED = oauthError(400, 'invalid_request', /application\/x-www-form-urlencoded/);
const PARAMETERS = [
  'grant_type',
  'client_id',
  'client_secret',
  'scope',
  'username',
  'password',
  'refresh_token',
  'code',
  'redirect_uri',
  'code_verifier',
];

describe('the form of POST /token', () => {
  let service: TestApp;
  const post = (body: string | Uint8Array<ArrayBuffer>, contentType = FORM) =>
    askTokenWith(service.url, body, contentType);

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  describe('content type', () => {
    it.each([
      ['JSON', 'application/json', '{"username":"johndoe","password":"secret"}'],
      ['malformed JSON', 'application/json', '{"password":hunter2}'],
      ['text', 'text/plain', GOOD],
      ['XML', 'application/xml', '<a/>'],
      ['something else', 'application/x-www-form-urlencoded-not', GOOD],
      ['nonsense', ';;;', GOOD],
    ])(
      '%s is 400 and says that a form is expected (RFC 6749 §4.3.2)',
      async (_what, type, body) => {
        const answer = await post(body, type);
        expect(answer).toMatchObject(FORM_EXPECTED);
        expect(answer.text).not.toContain('hunter2');
      },
    );

    it('multipart is 400 and says that a form is expected', async () => {
      const body = new FormData();
      body.set('username', 'johndoe');
      body.set('password', 'secret');
      const answer = await call(`${service.url}/token`, { method: 'POST', body });
      expect(answer).toMatchObject(FORM_EXPECTED);
    });

    it('a body without a content type is 400 and says that a form is expected', async () => {
      const body = new TextEncoder().encode(GOOD);
      const answer = await call(`${service.url}/token`, { method: 'POST', body });
      expect(answer).toMatchObject(FORM_EXPECTED);
    });

    it('no body at all is 400 and says that a form is expected', async () => {
      const answer = await call(`${service.url}/token`, { method: 'POST' });
      expect(answer).toMatchObject(FORM_EXPECTED);
    });

    it.each([
      `${FORM}; charset=utf-8`,
      `${FORM};charset=UTF-8`,
      'Application/X-WWW-Form-Urlencoded',
      `${FORM} ; charset=utf-8`,
    ])('%s is a form', async (type) => {
      expect((await post(GOOD, type)).status).toBe(200);
    });

    it.each([`${FORM}; charset`, `${FORM};`, `${FORM}; =x`, `${FORM}; a=b; a`])(
      '%s is a form or a 400, in the shape of OAuth',
      async (type) => {
        const answer = await post(GOOD, type);
        if (answer.status === 200) return;
        expect(answer).toMatchObject(FORM_EXPECTED);
      },
    );
  });

  describe('credentials in the query string', () => {
    it.each(PARAMETERS)('%s is refused, whatever the form says (RFC 6749 §2.3.1)', async (name) => {
      const answer = await call(`${service.url}/token?${name}=hunter2`, {
        method: 'POST',
        body: new URLSearchParams(GOOD),
      });
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', new RegExp(name)));
      expect(answer).toMatchObject(FORM_EXPECTED);
      expect(answer.text).not.toContain('hunter2');
    });

    it.each([
      'username=johndoe&password=secret',
      'pass%77ord=hunter2',
      'password[]=hunter2',
      'password%5Ba%5D=hunter2',
      'x=1&password',
      'x=1?y&password=hunter2',
    ])('?%s is refused without a form too', async (query) => {
      const answer = await call(`${service.url}/token?${query}`, { method: 'POST' });
      expect(answer).toMatchObject(FORM_EXPECTED);
      expect(answer.text).not.toContain('hunter2');
    });

    it('is refused before the content type and the body are looked at', async () => {
      const answer = await call(`${service.url}/token?password=hunter2`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{'.repeat(70_000),
      });
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', /password.*query/));
    });

    it('is no matter of other parameters', async () => {
      const body = new URLSearchParams(GOOD);
      const answer = await call(`${service.url}/token?utm_source=x`, { method: 'POST', body });
      expect(answer.status).toBe(200);
    });
  });

  describe('fields', () => {
    it.each(['username', 'password'])('a missing %s is 400 and named', async (name) => {
      const answer = await askToken(service.url, { [name]: undefined });
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', new RegExp(name)));
    });

    it.each(['username', 'password'])(
      'an empty %s counts as missing (RFC 6749 §3.2)',
      async (name) => {
        const answer = await askToken(service.url, { [name]: '' });
        expect(answer).toMatchObject(oauthError(400, 'invalid_request', new RegExp(name)));
      },
    );

    it.each(PARAMETERS)('%s sent twice is 400 and named (RFC 6749 §3.2)', async (name) => {
      const answer = await post(`${GOOD}&${name}=a&${name}=a`);
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', new RegExp(`^${name}\\b`)));
    });

    it('a field sent twice is refused even where one is empty', async () => {
      const answer = await post(`${GOOD}&scope=&scope=items:read`);
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', /scope/));
    });

    it.each([
      ['username[]=x', 'username'],
      ['scope[a]=b', 'scope'],
      ['password%5B0%5D=x', 'password'],
      ['client_id[', 'client_id'],
      ['grant_type[__proto__]=x', 'grant_type'],
    ])('%s beside a good form is 400 and named', async (field, name) => {
      const answer = await post(`${GOOD}&${field}`);
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', new RegExp(name)));
    });

    it.each([
      'x=1',
      'x=1&x=2',
      'x[]=1',
      '__proto__=1',
      '__proto__[a]=1',
      'constructor=1',
      '',
      '&&',
      '=',
      '=&=',
    ])('unknown %j is ignored (RFC 6749 §3.2)', async (extra) => {
      expect((await post(`${GOOD}&${extra}`)).status).toBe(200);
    });

    it('names and values are decoded once: percent-encoding and plus signs', async () => {
      expect((await post('user%6Eame=john%64oe&pass%77ord=secre%74')).status).toBe(200);
      expect((await post('username=john%2564oe&password=secret')).status).toBe(401);
      expect((await post('username=johndoe&password=secret+')).status).toBe(401);
    });
  });

  describe('encoding', () => {
    it.each([
      ['a byte that is no UTF-8', Buffer.from([...Buffer.from(`${GOOD}&x=`), 0xff])],
      ['a truncated UTF-8 sequence', Buffer.from([...Buffer.from(`${GOOD}&x=`), 0xc3])],
      ['an overlong UTF-8 sequence', Buffer.from([...Buffer.from(`${GOOD}&x=`), 0xc0, 0x80])],
      ['an encoded byte that is no UTF-8', Buffer.from(`${GOOD}&x=%ff`)],
      ['an encoded surrogate', Buffer.from(`${GOOD}&x=%ED%A0%80`)],
      ['a percent sign alone', Buffer.from(`${GOOD}&x=%`)],
      ['a percent sign with one digit', Buffer.from(`${GOOD}&x=%4`)],
      ['a percent sign with no digits', Buffer.from(`${GOOD}&x=%zz`)],
      ['a bad encoding in a name', Buffer.from(`${GOOD}&%zz=x`)],
    ])('%s is 400 invalid_request, even in an unknown field', async (_what, body) => {
      const answer = await post(body);
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', /UTF-8/));
    });
  });

  describe('size', () => {
    const formOf = (bytes: number) => `${GOOD}&x=`.padEnd(bytes, 'x');

    it('64 KiB is read', async () => {
      expect((await post(formOf(65_536))).status).toBe(200);
    });

    it('64 KiB and one byte is 413, in the shape of OAuth', async () => {
      const answer = await post(formOf(65_537));
      expect(answer).toMatchObject(oauthError(413, 'invalid_request', /65536 bytes/));
    });

    it('64 KiB and one byte is 413 also where the length is not announced', async () => {
      const answer = await call(`${service.url}/token`, {
        method: 'POST',
        headers: { 'content-type': FORM },
        body: new Blob([formOf(65_537)]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect(answer).toMatchObject(oauthError(413, 'invalid_request', /65536 bytes/));
    });

    it('a form of thousands of fields is read in no time', async () => {
      const started = performance.now();
      expect((await post(`${GOOD}${'&a'.repeat(32_000)}`)).status).toBe(200);
      expect(performance.now() - started).toBeLessThan(2000);
    });
  });
});
