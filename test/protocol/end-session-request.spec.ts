import { describe, expect, it } from 'vitest';
import { parseEndSessionRequest, postLogoutUrl } from '../../src/protocol/end-session-request.js';
import { InvalidRequest } from '../../src/protocol/errors.js';
import { decodeForm } from '../../src/protocol/form.js';

const parse = (text: string) => parseEndSessionRequest(decodeForm(Buffer.from(text)));
const NOTHING = {
  idTokenHint: undefined,
  clientId: undefined,
  postLogoutRedirectUri: undefined,
  state: undefined,
  uiLocales: [],
};

describe('parseEndSessionRequest (RP-Initiated Logout 1.0 §2)', () => {
  it.each([
    ['', {}],
    ['state=&id_token_hint=&client_id=', {}],
    ['logout_hint=x&logout_hint=y&other[]=z', {}],
    ['id_token_hint=a.b.c', { idTokenHint: 'a.b.c' }],
    ['client_id=app&state=%C3%A9+%2B', { clientId: 'app', state: 'é +' }],
    [
      'post_logout_redirect_uri=https%3A%2F%2Fapp.example.com%2F',
      { postLogoutRedirectUri: 'https://app.example.com/' },
    ],
    ['ui_locales=de+en', { uiLocales: ['de', 'en'] }],
    [`state=${'x'.repeat(2000)}`, { state: 'x'.repeat(2000) }],
  ])('reads %j', (text, read) => {
    expect(parse(text)).toEqual({ ...NOTHING, ...read });
  });

  it.each([
    ['state=a&state=a', /^state is sent more than once$/],
    ['id_token_hint=a&id_token_hint=', /^id_token_hint /],
    ['client_id[]=a', /^client_id must be a plain value$/],
    ['ui_locales=de&ui_locales=en', /^ui_locales /],
    [`state=${'x'.repeat(2001)}`, /^state must be at most 2000 characters$/],
    [`id_token_hint=${'x'.repeat(8193)}`, /^id_token_hint must be at most 8192/],
    [`post_logout_redirect_uri=${'x'.repeat(2001)}`, /^post_logout_redirect_uri /],
    [`client_id=${'x'.repeat(2001)}`, /^client_id /],
    ['state=%00', /^state .* NUL$/],
    ['client_id=a%00', /^client_id .* NUL$/],
  ])('refuses %j', (text, words) => {
    expect(() => parse(text)).toThrow(InvalidRequest);
    expect(() => parse(text)).toThrow(words);
  });
});

describe('postLogoutUrl (RP-Initiated Logout 1.0 §3)', () => {
  it.each([
    ['https://app.example.com/', undefined, 'https://app.example.com/'],
    ['https://app.example.com/', 'a b', 'https://app.example.com/?state=a%20b'],
    ['https://app.example.com/?x=%20', '&y', 'https://app.example.com/?x=%20&state=%26y'],
    ['com.example.app:/out', 'é', 'com.example.app:/out?state=%C3%A9'],
  ])('of %s with %j is %s', (uri, state, url) => {
    expect(postLogoutUrl(uri, state)).toBe(url);
  });
});
