import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  errorUrl,
  successUrl,
} from '../../src/protocol/authorization-response.js';
import { decodeForm } from '../../src/protocol/form.js';

const ISSUER = 'https://id.example.com/tenant';
const ISS = 'iss=https%3A%2F%2Fid.example.com%2Ftenant';
const CB = 'https://app.example.com/cb';

const error = (
  description: string,
  state?: string,
  code: AuthorizationErrorCode = 'access_denied',
  redirectUri = CB,
) => new AuthorizationError(code, description, { redirectUri, state });

describe('successUrl (RFC 6749 §4.1.2, RFC 9207 §2)', () => {
  it.each([
    ['https://app.example.com/cb', 'https://app.example.com/cb?'],
    ['https://app.example.com', 'https://app.example.com?'],
    ['https://app.example.com/cb?a=b%20c', 'https://app.example.com/cb?a=b%20c&'],
    ['https://app.example.com/cb?a=%C3%A9+%2B&b', 'https://app.example.com/cb?a=%C3%A9+%2B&b&'],
    ['https://app.example.com/cb?', 'https://app.example.com/cb?'],
    ['https://app.example.com/cb?a&', 'https://app.example.com/cb?a&'],
    ['https://app.example.com/cb?code=old', 'https://app.example.com/cb?code=old&'],
    ["https://app.example.com/cb?a='!(x)", "https://app.example.com/cb?a='!(x)&"],
    ['http://127.0.0.1:49152/cb', 'http://127.0.0.1:49152/cb?'],
    ['com.example.app:/cb', 'com.example.app:/cb?'],
    ['com.example.app://callback?x=1', 'com.example.app://callback?x=1&'],
  ])('leaves %s as it is and appends', (redirectUri, start) => {
    expect(successUrl({ redirectUri, state: 'xyz' }, 'hp_ac_1', ISSUER)).toBe(
      `${start}code=hp_ac_1&state=xyz&${ISS}`,
    );
  });

  it('sends no state when there was none', () => {
    expect(successUrl({ redirectUri: CB, state: undefined }, 'c', ISSUER)).toBe(
      `${CB}?code=c&${ISS}`,
    );
  });
});

describe('errorUrl (RFC 6749 §4.1.2.1, RFC 9207 §2)', () => {
  it('has the example of §4.1.2.1, with words and the issuer', () => {
    expect(errorUrl(error('The user said no', 'xyz'), ISSUER)).toBe(
      `${CB}?error=access_denied&error_description=The%20user%20said%20no&state=xyz&${ISS}`,
    );
  });

  it.each<AuthorizationErrorCode>([
    'invalid_request',
    'unauthorized_client',
    'access_denied',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'interaction_required',
    'login_required',
    'account_selection_required',
    'consent_required',
    'request_not_supported',
    'request_uri_not_supported',
    'registration_not_supported',
  ])('can say %s', (code) => {
    const url = errorUrl(error('x', undefined, code, 'com.example.app:/cb?a'), ISSUER);
    expect(url).toBe(`com.example.app:/cb?a&error=${code}&error_description=x&${ISS}`);
  });

  it('keeps a description inside the characters of §4.1.2.1, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (description) => {
        const sent = new URL(errorUrl(error(description), ISSUER)).searchParams;
        expect(sent.get('error_description')).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
      }),
    );
  });
});

describe('the state', () => {
  const STATES = [
    'af0ifjsldkj',
    'é ü 漢 😀',
    '"\'`<>',
    'a+b c%20d%',
    'a&code=evil&iss=x',
    '#fragment',
    '\0\r\nSet-Cookie: a=b',
    '\u202e\ufeff',
    '='.repeat(2000),
  ];

  it.each(STATES)('%j comes back byte for byte (RFC 6749 §4.1.2)', (state) => {
    const urls = [
      successUrl({ redirectUri: CB, state }, 'c', ISSUER),
      errorUrl(error('x', state), ISSUER),
    ];
    for (const url of urls) {
      expect(new URL(url).searchParams.getAll('state')).toEqual([state]);
      expect(url).toMatch(/^[\x21-\x7e]+$/);
    }
  });

  it('survives any reader of forms, and adds no parameter of its own', () => {
    const text = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed() && one !== '');
    fc.assert(
      fc.property(text, (state) => {
        const [, query = ''] = successUrl({ redirectUri: CB, state }, 'c', ISSUER).split('?');
        const expected = [
          ['code', 'c'],
          ['state', state],
          ['iss', ISSUER],
        ];
        expect(decodeForm(Buffer.from(query))).toEqual(expected);
        expect([...new URLSearchParams(query)]).toEqual(expected);
      }),
    );
  });
});
