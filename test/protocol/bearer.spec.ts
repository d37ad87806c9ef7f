import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AmbiguousCredentials,
  BearerError,
  bearerToken,
  InactiveUser,
  InsufficientScope,
  InvalidToken,
  NotAuthenticated,
} from '../../src/protocol/bearer.js';

describe('bearerToken', () => {
  it('reads the example of RFC 6750 §2.1', () => {
    expect(bearerToken(['Bearer mF_9.B5f-4.1JqM'])).toBe('mF_9.B5f-4.1JqM');
  });

  it.each([
    ['bearer a', 'a'],
    ['BEARER   a', 'a'],
    ['Bearer a ', 'a'],
    ['Bearer a-._~+/=', 'a-._~+/='],
    ['Bearer a==', 'a=='],
  ])('takes from %j the token %s', (header, token) => {
    expect(bearerToken([header])).toBe(token);
  });

  it.each([
    [],
    [''],
    ['Bearer'],
    ['Bearer '],
    ['Bearer   '],
    ['Basic a'],
    ['Bearera'],
    ['a'],
    ['Bearer\ta'],
  ])('finds no credential in %j', (...headers) => {
    expect(bearerToken(headers)).toBeNull();
  });

  it.each(['a b', 'a, b', '\ta', '\u00a0a', '=', '=a', 'a=b', '"a"', 'é', 'a\tb', 'a;b', '{}'])(
    'refuses Bearer %s, which is no b64token (RFC 6750 §2.1)',
    (credential) => {
      expect(() => bearerToken([`Bearer ${credential}`])).toThrow(InvalidToken);
    },
  );

  it('refuses two headers, whatever they say', () => {
    expect(() => bearerToken(['Bearer a', 'Bearer a'])).toThrow(AmbiguousCredentials);
    expect(() => bearerToken(['', ''])).toThrow(AmbiguousCredentials);
  });

  it('throws nothing but BearerError, and returns nothing but a part of the header', () => {
    const header = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((text) => `Bearer ${text}`),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 2 }), (headers) => {
        try {
          const token = bearerToken(headers);
          if (token !== null) expect(headers[0]).toContain(token);
        } catch (error) {
          expect(error).toBeInstanceOf(BearerError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the challenge of', () => {
  it.each<[string, BearerError, number, string]>([
    ['no credentials', new NotAuthenticated(), 401, 'Bearer realm="hallpass"'],
    [
      'no credentials, with scopes',
      new NotAuthenticated(['a', 'b']),
      401,
      'Bearer realm="hallpass", scope="a b"',
    ],
    [
      'a bad token',
      new InvalidToken('why'),
      401,
      'Bearer realm="hallpass", error="invalid_token", error_description="Could not validate credentials"',
    ],
    [
      'a disabled user',
      new InactiveUser(),
      401,
      'Bearer realm="hallpass", error="invalid_token", error_description="Inactive user"',
    ],
    [
      'too little scope',
      new InsufficientScope(['a', 'b']),
      403,
      'Bearer realm="hallpass", error="insufficient_scope", scope="a b"',
    ],
    [
      'two headers',
      new AmbiguousCredentials(),
      400,
      'Bearer realm="hallpass", error="invalid_request"',
    ],
  ])('%s (RFC 6750 §3)', (_what, error, status, challenge) => {
    expect(error.status).toBe(status);
    expect(error.headers).toEqual({ 'www-authenticate': challenge });
  });

  it('a bad token keeps the reason for the log', () => {
    const error = new InvalidToken('the reason');
    expect(error.detail).toBe('the reason');
    expect(JSON.stringify([error.description, error.headers])).not.toContain('reason');
  });
});
