import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRequest, OAuthError, UnsupportedGrantType } from '../../src/protocol/errors.js';
import { decodeForm } from '../../src/protocol/form.js';
import {
  parseTokenRequest,
  TOKEN_PARAMETERS,
  tokenParameterInQuery,
} from '../../src/protocol/token-request.js';

const parse = (form: string) => parseTokenRequest(decodeForm(Buffer.from(form)));
const GOOD = 'username=a&password=b';

describe('parseTokenRequest', () => {
  it('reads the example of RFC 6749 §4.3.2', () => {
    expect(parse('grant_type=password&username=johndoe&password=A3ddj3w')).toEqual({
      grant_type: 'password',
      username: 'johndoe',
      password: 'A3ddj3w',
      scope: undefined,
      client_id: undefined,
      client_secret: undefined,
    });
  });

  it.each([
    ['', undefined],
    ['&scope=', undefined],
    ['&scope=+', undefined],
    ['&scope=b+a', ['b', 'a']],
  ])('reads the scope of %j as %j', (more, scope) => {
    expect(parse(GOOD + more).scope).toEqual(scope);
  });

  it('keeps only what it knows of the form', () => {
    expect(Object.keys(parse(`${GOOD}&x=1&__proto__=2&sub=3`)).toSorted()).toEqual([
      'client_id',
      'client_secret',
      'grant_type',
      'password',
      'scope',
      'username',
    ]);
  });

  it.each<[string, new (...args: never[]) => OAuthError, RegExp]>([
    ['', InvalidRequest, /grant_type/],
    ['scope=a', InvalidRequest, /grant_type/],
    ['grant_type=password', InvalidRequest, /username/],
    ['username=a', InvalidRequest, /password/],
    ['password=a', InvalidRequest, /username/],
    ['grant_type=x', UnsupportedGrantType, /grant_type/],
    ['grant_type=toString&username=a', UnsupportedGrantType, /grant_type/],
    [`${GOOD}&username=`, InvalidRequest, /username/],
    [`${GOOD}&code=1&code=2`, InvalidRequest, /code/],
    [`${GOOD}&scope[]=a`, InvalidRequest, /scope/],
  ])('refuses %j', (form, type, words) => {
    expect(() => parse(form)).toThrow(type);
    expect(() => parse(form)).toThrow(words);
  });

  it('throws nothing but OAuthError, whatever the pairs', () => {
    const name = fc.oneof(
      fc.constantFrom(...TOKEN_PARAMETERS, '__proto__', 'toString'),
      fc.string(),
    );
    const value = fc.oneof(fc.constantFrom('password', '', 'a b'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        try {
          const { username, password } = parseTokenRequest(pairs);
          expect(username).not.toBe('');
          expect(password).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('tokenParameterInQuery', () => {
  it.each([
    ['', undefined],
    ['utm=x', undefined],
    ['x=password', undefined],
    ['my_password=1', undefined],
    ['password=1', 'password'],
    ['password', 'password'],
    ['pass%77ord=1', 'password'],
    ['x=1&username[a]=1', 'username'],
    ['%ff=1&scope=a', 'scope'],
    ['%zz&code=1', 'code'],
  ])('finds in %j: %s', (query, found) => {
    expect(tokenParameterInQuery(query)).toBe(found);
  });
});
