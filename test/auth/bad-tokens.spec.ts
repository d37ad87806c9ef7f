import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys } from '../../src/keys/keys.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Change, claimsOf, forge, forgeHmac, headerOf, unsigned } from '../support/forge.js';
import { bearer, call, signIn } from '../support/http.js';

const CHALLENGE =
  'Bearer realm="hallpass", error="invalid_token", error_description="Could not validate credentials"';

describe('a token that was not issued here as it is', () => {
  let service: TestApp;
  let token: string;
  const me = (credential: string) =>
    call(`${service.url}/users/me`, { headers: bearer(credential) });

  async function expectRefused(credential: string): Promise<void> {
    const answer = await me(credential);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    expect(answer.body.detail).toBe('Could not validate credentials');
  }

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  it('is told from one that was: signed again unchanged, it opens', async () => {
    expect((await me(forge(service, token, {}))).status).toBe(200);
  });

  describe('though signed with the right key: its claims (RFC 9068 §4)', () => {
    const now = () => service.clock.now();
    it.each<[string, () => Readonly<Record<string, unknown>>]>([
      ['expired', () => ({ exp: now() - 1 })],
      ['expiring this very second', () => ({ exp: now() })],
      ['without exp', () => ({ exp: undefined })],
      ['with exp as text', () => ({ exp: String(now() + 900) })],
      ['with exp 1e308', () => ({ exp: 1e308 })],
      ['with exp null', () => ({ exp: null })],
      ['with exp true', () => ({ exp: true })],
      ['with a fraction in exp', () => ({ exp: now() + 900.5 })],
      ['with exp in a list', () => ({ exp: [now() + 900] })],
      ['without iat', () => ({ iat: undefined })],
      ['with iat as text', () => ({ iat: String(now()) })],
      ['issued more than 5 s ahead', () => ({ iat: now() + 10 })],
      ['not valid before more than 5 s ahead', () => ({ nbf: now() + 10 })],
      ['with nbf as text', () => ({ nbf: 'now' })],
      ['with nbf null', () => ({ nbf: null })],
      ['addressed to another', () => ({ aud: 'https://other.example' })],
      ['addressed to us and others', () => ({ aud: [service.url, 'https://other.example'] })],
      ['addressed to us in a list', () => ({ aud: [service.url] })],
      ['addressed to us with a slash', () => ({ aud: `${service.url}/` })],
      ['without aud', () => ({ aud: undefined })],
      ['with an empty aud', () => ({ aud: '' })],
      ['from another issuer', () => ({ iss: 'https://other.example' })],
      ['from us with a slash', () => ({ iss: `${service.url}/` })],
      ['from us in upper case', () => ({ iss: service.url.toUpperCase() })],
      ['without iss', () => ({ iss: undefined })],
      ['with a list of scopes', () => ({ scope: ['items:read'] })],
      ['with scope null', () => ({ scope: null })],
      ['with sub as a number', () => ({ sub: 1 })],
      ['with sub null', () => ({ sub: null })],
      ['with sub as an object', () => ({ sub: { id: service.people.johndoe.id } })],
      ['of an unknown user', () => ({ sub: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11' })],
      ['of another user', () => ({ sub: service.people.alice.id })],
      ['with the username as sub', () => ({ sub: 'johndoe' })],
      ['without sub', () => ({ sub: undefined })],
      ['with an empty sub', () => ({ sub: '' })],
      ['without sid', () => ({ sid: undefined })],
      ['with sid null', () => ({ sid: null })],
      ['of an unknown session', () => ({ sid: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11' })],
      ['with a sid that is no id', () => ({ sid: "' OR '1'='1" })],
      ['with a sid in a list', () => ({ sid: [claimsOf(token)['sid']] })],
      ['of a machine and a session at once', () => ({ sub: 'client:hallpass' })],
      ['of an unknown machine', () => ({ sub: 'client:nobody', sid: undefined })],
      ['without client_id', () => ({ client_id: undefined })],
      ['without jti', () => ({ jti: undefined })],
    ])('%s is 401 invalid_token', async (_what, claims) => {
      await expectRefused(forge(service, token, { claims: claims() }));
    });

    it.each([
      ['a text', 'johndoe'],
      ['null', null],
      ['a list', [1]],
      ['a number', 1],
    ])('with %s for a payload is 401 invalid_token', async (_what, payload) => {
      await expectRefused(forge(service, token, { payload }));
    });

    it('a clock that is up to 5 s behind is forgiven in iat and nbf', async () => {
      const claims = { iat: now() + 4, nbf: now() + 4 };
      expect((await me(forge(service, token, { claims }))).status).toBe(200);
    });
  });

  describe('though signed with the right key: its header (RFC 8725 §3)', () => {
    it.each<[string, Readonly<Record<string, unknown>>]>([
      ['typ JWT', { typ: 'JWT' }],
      ['typ in upper case', { typ: 'AT+JWT' }],
      ['typ application/at+jwt', { typ: 'application/at+jwt' }],
      ['typ of an id token', { typ: 'id+jwt' }],
      ['typ null', { typ: null }],
      ['no typ', { typ: undefined }],
      ['crit', { crit: ['exp'] }],
      ['an empty crit', { crit: [] }],
      ['b64', { b64: false }],
      ['jku', { jku: 'https://evil.example/jwks.json' }],
      ['jwk', { jwk: { kty: 'EC' } }],
      ['x5u', { x5u: 'https://evil.example' }],
      ['x5c', { x5c: ['MII'] }],
      ['zip', { zip: 'DEF' }],
      ['cty', { cty: 'JWT' }],
      ['another kid', { kid: 'other' }],
      ['a kid that is a path', { kid: '../../../../dev/null' }],
      ['a kid of SQL', { kid: "' UNION SELECT 'x" }],
      ['a kid that every object has', { kid: '__proto__' }],
      ['a kid that is an object', { kid: { toString: 'x' } }],
      ['kid null', { kid: null }],
      ['no kid', { kid: undefined }],
      ['no alg', { alg: undefined }],
      ['alg null', { alg: null }],
      ['alg of another curve', { alg: 'ES384' }],
      ['alg in lower case', { alg: 'es256' }],
      ['alg RS256', { alg: 'RS256' }],
      ['alg in a list', { alg: ['ES256'] }],
    ])('%s is 401 invalid_token', async (_what, header) => {
      await expectRefused(forge(service, token, { header }));
    });
  });

  describe('signed otherwise', () => {
    it.each(['none', 'None', 'NONE', 'nOnE', 'none ', ''])(
      'alg %j is 401 (RFC 8725 §3.2)',
      async (alg) => {
        const input = unsigned(token, { header: { alg } });
        await expectRefused(`${input}.`);
        await expectRefused(`${input}.${token.split('.')[2]}`);
        await expectRefused(input);
      },
    );

    it.each<[string, (key: KeyObject, kid: string) => string | Buffer]>([
      ['PEM', (key) => key.export({ type: 'spki', format: 'pem' })],
      [
        'PEM without its line break',
        (key) => String(key.export({ type: 'spki', format: 'pem' })).trim(),
      ],
      ['DER', (key) => key.export({ type: 'spki', format: 'der' })],
      ['JWK', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
      ['kid', (_key, kid) => kid],
      ['nothing', () => ''],
    ])('HS256 with the public key as %s is 401 (RFC 8725 §2.1)', async (_what, secretOf) => {
      const { signWith, kid } = service.app.get(Keys).current;
      const secret = secretOf(createPublicKey(signWith), kid);
      for (const alg of ['HS256', 'ES256']) {
        await expectRefused(forgeHmac(token, { header: { alg } }, secret));
      }
    });

    it.each<[string, Change]>([
      ['kid', {}],
      ['kid, and its own key in the header', { header: { jwk: 'own' } }],
    ])('another key under our %s is 401', async (_what, change) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = publicKey.export({ format: 'jwk' });
      const header = change.header ? { jwk } : {};
      await expectRefused(forge(service, token, { header, key: privateKey }));
    });

    it('another token’s signature is 401', async () => {
      const other = await signIn(service.url);
      await expectRefused([...token.split('.').slice(0, 2), other.split('.')[2]].join('.'));
    });

    it('a signature of zeros is 401 (CVE-2022-21449)', async () => {
      const zeros = Buffer.alloc(64).toString('base64url');
      await expectRefused([...token.split('.').slice(0, 2), zeros].join('.'));
    });
  });

  describe('written otherwise', () => {
    const parts = () => token.split('.') as [string, string, string];
    const flipped = (text: string) => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = alphabet.indexOf(text.at(-1) as string);
      return text.slice(0, -1) + alphabet[last ^ 1];
    };

    it.each<[string, () => string]>([
      ['two segments', () => parts().slice(0, 2).join('.')],
      ['four segments', () => `${token}.x`],
      ['five segments', () => `${token}.x.y`],
      ['an empty header', () => ['', parts()[1], parts()[2]].join('.')],
      ['an empty payload', () => [parts()[0], '', parts()[2]].join('.')],
      ['an empty signature', () => `${parts()[0]}.${parts()[1]}.`],
      ['padding', () => `${token}==`],
      [
        'unused bits of the signature set',
        () => [parts()[0], parts()[1], flipped(parts()[2])].join('.'),
      ],
      ['base64 instead of base64url', () => `${token.slice(0, -4)}+/+/`],
      [
        'a header that is no JSON',
        () => `${Buffer.from('{').toString('base64url')}.${parts()[1]}.${parts()[2]}`,
      ],
      [
        'a header that is a list',
        () => `${Buffer.from('[]').toString('base64url')}.${parts()[1]}.${parts()[2]}`,
      ],
      [
        'a header that is null',
        () => `${Buffer.from('null').toString('base64url')}.${parts()[1]}.${parts()[2]}`,
      ],
      ['10 KB of length', () => forge(service, token, { claims: { padding: 'x'.repeat(10_000) } })],
      ['8 KB of dots', () => '.'.repeat(8000)],
    ])('with %s is 401 invalid_token', async (_what, credential) => {
      await expectRefused(credential());
    });
  });

  it('still leaves the real token good after all of these', async () => {
    expect(headerOf(token)['typ']).toBe('at+jwt');
    expect((await me(token)).status).toBe(200);
  });
});
