import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAccessTokenClaims, readAccessTokenHeader } from '../../src/protocol/access-token.js';
import { InvalidToken } from '../../src/protocol/bearer.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'k1' };
const NOW = 1_800_000_000;
const US = 'https://id.example';
const EXPECTED = { issuer: US, audience: US, now: NOW };
const CLAIMS = {
  iss: US,
  aud: US,
  sub: 'user-1',
  client_id: 'hallpass',
  scope: 'a b',
  sid: 'session-1',
  iat: NOW,
  exp: NOW + 900,
  jti: 'j1',
};
const ISSUED = `${encode(HEADER)}.${encode(CLAIMS)}.${Buffer.alloc(64, 7).toString('base64url')}`;
const MACHINE = {
  ...CLAIMS,
  sub: 'client:1',
  client_id: '1',
  client_epoch: 0,
  sid: undefined,
};

const plain = (claims: object) => JSON.parse(JSON.stringify(claims)) as unknown;
const check = (claims: object) => checkAccessTokenClaims(plain(claims), EXPECTED);

describe('readAccessTokenHeader', () => {
  it('reads what is issued here', () => {
    expect(readAccessTokenHeader(ISSUED)).toEqual({ alg: 'ES256', kid: 'k1' });
  });

  it('accepts a header of exactly alg, kid and typ at+jwt, and no other (RFC 9068 §2.1)', () => {
    const member = fc.constantFrom(
      'alg',
      'kid',
      'typ',
      'crit',
      'jwk',
      'jku',
      'x5c',
      'b64',
      'zip',
      '__proto__',
    );
    const value = fc.oneof(fc.constantFrom('at+jwt', 'JWT', 'ES256', 'none'), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(fc.tuple(member, value)), (members) => {
        const text = `{${members.map(([name, of]) => `"${name}":${JSON.stringify(of)}`).join(',')}}`;
        const token = `${Buffer.from(text).toString('base64url')}.e30.AA`;
        try {
          const header = readAccessTokenHeader(token);
          const sent = JSON.parse(text) as object;
          expect(sent).toEqual({ ...header, typ: 'at+jwt' });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidToken);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has one spelling for a token: any other that decodes to the same bytes is refused', () => {
    const decoded = ISSUED.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
    const char = fc.constantFrom(
      ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n',
    );
    fc.assert(
      fc.property(fc.nat(ISSUED.length), fc.boolean(), char, (at, insert, put) => {
        const token = ISSUED.slice(0, at) + put + ISSUED.slice(insert ? at : at + 1);
        const same = token
          .split('.')
          .every((part, i) => Buffer.from(part, 'base64url').toString('hex') === decoded[i]);
        if (token === ISSUED || !same) return;
        expect(() => readAccessTokenHeader(token)).toThrow(InvalidToken);
      }),
      { numRuns: 5000 },
    );
  });

  it('throws nothing but InvalidToken, whatever the text', () => {
    const part = fc.oneof(fc.base64String(), fc.string(), fc.jsonValue().map(encode));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(() => readAccessTokenHeader(parts.join('.'))).toThrow(InvalidToken);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses what is longer than any token of ours, before it decodes it', () => {
    expect(() => readAccessTokenHeader('A'.repeat(8193))).toThrow(/too long/);
  });
});

describe('checkAccessTokenClaims', () => {
  it.each([
    ['a user’s', CLAIMS],
    ['a user’s without a scope', { ...CLAIMS, scope: undefined }],
    ['a machine’s', MACHINE],
    ['one issued 5 s ahead', { ...CLAIMS, iat: NOW + 5, nbf: NOW + 5 }],
    ['one in its last second', { ...CLAIMS, exp: NOW + 1 }],
  ])('accepts %s', (_what, claims) => {
    expect(check(claims)).toMatchObject({ sub: claims.sub, exp: claims.exp });
  });

  it('returns the claims it checked and no other', () => {
    expect(check({ ...CLAIMS, role: 'admin', nbf: NOW })).toEqual(CLAIMS);
  });

  it.each([
    ['exp now', { ...CLAIMS, exp: NOW }],
    ['iat 6 s ahead', { ...CLAIMS, iat: NOW + 6 }],
    ['nbf 6 s ahead', { ...CLAIMS, nbf: NOW + 6 }],
    ['a session and a machine', { ...MACHINE, sid: 's' }],
    ['neither', { ...CLAIMS, sid: undefined }],
    ['a machine that is not its client', { ...MACHINE, client_id: '2' }],
    ['a client epoch that is no number', { ...MACHINE, client_epoch: '0' }],
    ['an empty scope', { ...CLAIMS, scope: '' }],
  ])('refuses %s', (_what, claims) => {
    expect(() => check(claims)).toThrow(InvalidToken);
  });

  const required = ['iss', 'aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'sid'] as const;
  it.each(required)('refuses any %s but its own kind, and none (RFC 9068 §2.2)', (name) => {
    const isTime = name === 'iat' || name === 'exp';
    const alien = fc.jsonValue().filter((value) => typeof value !== (isTime ? 'number' : 'string'));
    fc.assert(
      fc.property(alien, (value) => {
        expect(() => check({ ...CLAIMS, [name]: value })).toThrow(InvalidToken);
      }),
    );
    expect(() => check({ ...CLAIMS, [name]: undefined })).toThrow(InvalidToken);
  });

  it.each(['iss', 'aud'])('refuses any %s but ours, by any character', (name) => {
    const near = fc
      .tuple(fc.nat(US.length), fc.string())
      .map(([at, put]) => US.slice(0, at) + put + US.slice(at));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (value) => {
        if (value === US) return;
        expect(() => check({ ...CLAIMS, [name]: value })).toThrow(InvalidToken);
      }),
    );
  });

  it.each([undefined, null, true, 1, 'a', [], [CLAIMS]])('refuses %j for a payload', (payload) => {
    expect(() => checkAccessTokenClaims(payload, EXPECTED)).toThrow(InvalidToken);
  });

  it('throws nothing but InvalidToken, whatever the payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        expect(() => checkAccessTokenClaims(payload, EXPECTED)).toThrow(InvalidToken);
      }),
    );
  });
});
