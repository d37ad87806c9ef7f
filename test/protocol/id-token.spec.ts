import { describe, expect, it } from 'vitest';
import {
  accessTokenHash,
  checkIdTokenHint,
  type IdTokenClaims,
} from '../../src/protocol/id-token.js';

const ISSUER = 'https://id.example.com';
const CLAIMS: IdTokenClaims = {
  iss: ISSUER,
  sub: 'user-1',
  aud: 'app',
  exp: 1_800_000_900,
  iat: 1_800_000_000,
  auth_time: 1_799_999_000,
  nonce: 'n-0S6_WzA2Mj',
  at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
  sid: 'session-1',
};

describe('accessTokenHash', () => {
  it('is that of the example (OpenID Connect Core §3.1.3.6, appendix A.3)', () => {
    expect(accessTokenHash('jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')).toBe(
      '77QmUPtjPfzWtF2AnpK9RQ',
    );
  });

  it.each(['', 'a.b.c', 'x'.repeat(8192)])('of any token is 128 bits in base64url', (token) => {
    expect(accessTokenHash(token)).toMatch(/^[\w-]{22}$/);
  });
});

describe('checkIdTokenHint (RP-Initiated Logout 1.0 §4)', () => {
  const read = { sub: 'user-1', clientId: 'app', sid: 'session-1' };

  it.each<[string, object]>([
    ['one of ours', {}],
    ['one without a nonce', { nonce: undefined }],
    ['one that expired long ago', { iat: 1, exp: 2, auth_time: 1 }],
  ])('reads %s', (_what, changes) => {
    expect(checkIdTokenHint({ ...CLAIMS, ...changes }, ISSUER)).toEqual(read);
  });

  it.each<[string, unknown]>([
    ['no object', 'text'],
    ['null', null],
    ['undefined', undefined],
    ['an array', [CLAIMS]],
    ['another issuer', { ...CLAIMS, iss: 'https://evil.example' }],
    ['the issuer with a slash', { ...CLAIMS, iss: `${ISSUER}/` }],
    ['no issuer', { ...CLAIMS, iss: undefined }],
    ['an access token, whose audience is this server', { ...CLAIMS, aud: ISSUER }],
    ['two audiences', { ...CLAIMS, aud: ['app', 'other'] }],
    ['no audience', { ...CLAIMS, aud: undefined }],
    ['an empty audience', { ...CLAIMS, aud: '' }],
    ['no sub', { ...CLAIMS, sub: undefined }],
    ['a sub that is no text', { ...CLAIMS, sub: 1 }],
    ['no sid', { ...CLAIMS, sid: undefined }],
    ['a sid that is no text', { ...CLAIMS, sid: {} }],
  ])('does not read %s', (_what, payload) => {
    expect(checkIdTokenHint(payload, ISSUER)).toBeUndefined();
  });
});
