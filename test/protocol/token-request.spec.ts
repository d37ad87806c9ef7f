import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRequest, OAuthError, UnsupportedGrantType } from '../../src/protocol/errors.js';
import { decodeForm } from '../../src/protocol/form.js';
import { parseTokenRequest, TOKEN_PARAMETERS } from '../../src/protocol/token-request.js';

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
      redirect_uri: undefined,
    });
  });

  it('reads the example of RFC 6749 §4.1.3 with the verifier of RFC 7636 §4.5, redirect URI or not', () => {
    const form =
      'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=c' +
      '&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const expected = {
      grant_type: 'authorization_code',
      code: 'SplxlOBeZQQYbYS6WxSbIA',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      scope: undefined,
      client_id: 'c',
      client_secret: undefined,
    };
    expect(parse(form)).toEqual({ ...expected, redirect_uri: undefined });
    const sent = '&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb';
    const redirect_uri = 'https://client.example.com/cb';
    expect(parse(form + sent)).toEqual({ ...expected, redirect_uri });
  });

  it.each([
    ['', undefined],
    ['&redirect_uri=', undefined],
    ['&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb', 'https://client.example.com/cb'],
  ])(
    'reads the example of RFC 6749 §4.1.3 with the verifier of RFC 7636 §4.5 and %j',
    (more, uri) => {
      const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
      const form = `grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&code_verifier=${verifier}`;
      expect(parse(form + more)).toEqual({
        grant_type: 'authorization_code',
        code: 'SplxlOBeZQQYbYS6WxSbIA',
        code_verifier: verifier,
        redirect_uri: uri,
        scope: undefined,
        client_id: undefined,
        client_secret: undefined,
      });
    },
  );

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
      'redirect_uri',
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
    ['grant_type=authorization_code&code_verifier=a', InvalidRequest, /^code is missing/],
    ['grant_type=authorization_code&code=a', InvalidRequest, /^code_verifier is missing/],
    ['grant_type=authorization_code&code=a&code_verifier=', InvalidRequest, /code_verifier/],
    ['grant_type=authorization_code&code=a&code_verifier=b&code=a', InvalidRequest, /code/],
    ['grant_type=authorization_code&redirect_uri=a&redirect_uri=a', InvalidRequest, /redirect_uri/],
    ['grant_type=x', UnsupportedGrantType, /grant_type/],
    ['grant_type=toString&username=a', UnsupportedGrantType, /grant_type/],
    [`${GOOD}&username=`, InvalidRequest, /username/],
    [`${GOOD}&code=1&code=2`, InvalidRequest, /code/],
    ['grant_type=authorization_code&code_verifier=a', InvalidRequest, /code is missing/],
    ['grant_type=authorization_code&code=a', InvalidRequest, /code_verifier is missing/],
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
