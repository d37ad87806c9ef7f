import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORIZATION_PARAMETERS, PROMPTS } from '../../src/protocol/authorization-parameters.js';
import {
  parseAuthorizationRequest,
  type RegisteredClient,
  requestedClientId,
  UnsafeAuthorizationRequest,
} from '../../src/protocol/authorization-request.js';
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  errorUrl,
} from '../../src/protocol/authorization-response.js';
import { decodeForm } from '../../src/protocol/form.js';

const CB = 'https://app.example.com/cb';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const CLIENT: RegisteredClient = {
  id: 'app',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [CB],
};
const LEAST = {
  client_id: 'app',
  redirect_uri: CB,
  response_type: 'code',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

type Changes = Readonly<Record<string, string | undefined>>;

/** A good request with other values; undefined takes one out. */
function query(changes: Changes = {}): string {
  const all = Object.entries({ ...LEAST, ...changes });
  const sent = all.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return sent.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

const parse = (text: string, client: RegisteredClient | null = CLIENT) =>
  parseAuthorizationRequest(decodeForm(Buffer.from(text)), client);

function thrownBy(text: string, client: RegisteredClient | null = CLIENT): unknown {
  try {
    parse(text, client);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('parseAuthorizationRequest', () => {
  it('reads the least that is enough (RFC 6749 §4.1.1, RFC 7636 §4.3)', () => {
    expect(parse(query())).toEqual({
      clientId: 'app',
      redirectUri: CB,
      redirectUriSent: true,
      scope: undefined,
      state: undefined,
      codeChallenge: CHALLENGE,
      nonce: undefined,
      prompt: [],
      maxAge: undefined,
      loginHint: undefined,
      uiLocales: [],
      idTokenHint: undefined,
    });
  });

  it('reads all of OpenID Connect Core §3.1.2.1 that is kept here', () => {
    const text = query({
      scope: 'openid tasks:read openid',
      state: 'af0ifjsldkj',
      nonce: 'n-0S6_WzA2Mj',
      prompt: 'login consent login',
      max_age: '0',
      login_hint: 'johndoe',
      ui_locales: 'de-AT de en',
      id_token_hint: 'a.b.c',
      response_mode: 'query',
    });
    expect(parse(text)).toMatchObject({
      scope: ['openid', 'tasks:read'],
      state: 'af0ifjsldkj',
      nonce: 'n-0S6_WzA2Mj',
      prompt: ['login', 'consent'],
      maxAge: 0,
      loginHint: 'johndoe',
      uiLocales: ['de-AT', 'de', 'en'],
      idTokenHint: 'a.b.c',
    });
  });

  it.each([
    'claims={"userinfo":{}}',
    'resource=https://api.example.com&resource=https://other.example.com',
    'display=popup',
    'acr_values=0',
    'audience[]=x',
    '__proto__=x&constructor=y',
    'code=x&error=y',
  ])('ignores %s (RFC 6749 §3.1)', (more) => {
    expect(parse(`${query()}&${more}`)).toEqual(parse(query()));
  });

  it.each([
    'state',
    'nonce',
    'scope',
    'prompt',
    'max_age',
    'login_hint',
    'request',
    'registration',
  ])('takes an empty %s as not sent (RFC 6749 §3.1)', (name) => {
    expect(parse(query({ [name]: '' }))).toEqual(parse(query()));
  });

  it.each([' ', '   '])('takes a scope of %j for none', (scope) => {
    expect(parse(query({ scope })).scope).toBeUndefined();
  });

  it.each([
    ['de_DE <script> en', ['en']],
    ['x'.repeat(36), []],
    [
      Array.from({ length: 12 }, (_, index) => `l${index}`).join(' '),
      expect.objectContaining({ length: 10 }),
    ],
  ])('reads the locales of %j', (ui_locales, tags) => {
    expect(parse(query({ ui_locales })).uiLocales).toEqual(tags);
  });
});

describe('parseAuthorizationRequest shows, and sends nowhere (RFC 6749 §4.1.2.1)', () => {
  it.each<[string, string, 'client' | 'redirect_uri', RegExp, RegisteredClient | null]>([
    ['an unknown client', query(), 'client', /unknown/, null],
    ['no client', query({ client_id: undefined }), 'client', /client_id is missing/, CLIENT],
    ['an empty client', query({ client_id: '' }), 'client', /client_id is missing/, CLIENT],
    ['another client than was looked up', query({ client_id: 'b' }), 'client', /unknown/, CLIENT],
    ['two clients', `${query()}&client_id=app`, 'client', /more than once/, CLIENT],
    ['two, one of them empty', `client_id=&${query()}`, 'client', /more than once/, CLIENT],
    ['a nested client', `${query()}&client_id[]=b`, 'client', /plain/, CLIENT],
    ['another URI', query({ redirect_uri: `${CB}/` }), 'redirect_uri', /registered/, CLIENT],
    ['a bad URI', query({ redirect_uri: 'javascript:x' }), 'redirect_uri', /registered/, CLIENT],
    ['two URIs', `${query()}&redirect_uri=${CB}`, 'redirect_uri', /more than once/, CLIENT],
    [
      'a good and an evil one',
      `${query()}&redirect_uri=https://e.example`,
      'redirect_uri',
      /more/,
      CLIENT,
    ],
    ['a nested URI', `${query()}&redirect_uri[0]=${CB}`, 'redirect_uri', /plain/, CLIENT],
    [
      'a client without any',
      query(),
      'redirect_uri',
      /registered/,
      { ...CLIENT, redirectUris: [] },
    ],
    [
      'an evil URI beside faults that would be sent',
      query({ redirect_uri: 'https://e.example', response_type: 'x', prompt: 'y' }),
      'redirect_uri',
      /registered/,
      CLIENT,
    ],
  ])('%s', (_what, text, reason, words, client) => {
    const error = thrownBy(text, client);
    expect(error).toBeInstanceOf(UnsafeAuthorizationRequest);
    expect(error).toMatchObject({ reason, message: expect.stringMatching(words) as string });
  });

  const left = { redirect_uri: undefined };

  it('but takes the only URI of a client when none is sent (RFC 6749 §3.1.2.3)', () => {
    const read = { redirectUri: CB, redirectUriSent: false };
    expect(parse(query(left))).toMatchObject(read);
    expect(parse(query({ redirect_uri: '' }))).toMatchObject(read);
    expect(parse(query({ ...left, scope: 'openid:x tasks:read' }))).toMatchObject(read);
    expect(thrownBy(query({ ...left, prompt: 'x' }))).toMatchObject({
      code: 'invalid_request',
      returnTo: { redirectUri: CB },
    });
  });

  it.each<[string, string, readonly string[]]>([
    ['there is none', query(left), []],
    ['there are two', query(left), [CB, 'https://app.example.com/']],
    ['its port may be any', query(left), ['http://127.0.0.1:8080/cb']],
    ['it is bad', query(left), ['javascript:alert(1)']],
    ['openid is asked for', query({ ...left, scope: 'tasks:read openid' }), [CB]],
    ['openid is in one of two scopes', `${query(left)}&scope=x&scope=openid`, [CB]],
  ])('unless %s', (_why, text, redirectUris) => {
    expect(thrownBy(text, { ...CLIENT, redirectUris })).toMatchObject({ reason: 'redirect_uri' });
  });
});

describe('parseAuthorizationRequest sends back', () => {
  type Row = readonly [code: AuthorizationErrorCode, words: RegExp, changes: Changes];
  const invalid = (words: RegExp, name: string, values: readonly (string | undefined)[]): Row[] =>
    values.map((value) => ['invalid_request', words, { [name]: value }]);

  function expectSentBack(text: string, code: AuthorizationErrorCode, words: RegExp): void {
    const error = thrownBy(text);
    expect(error).toBeInstanceOf(AuthorizationError);
    const description = expect.stringMatching(words) as string;
    expect(error).toMatchObject({ code, description, returnTo: { redirectUri: CB } });
  }

  it.each([
    ['scope=a&scope=a', /^scope is sent more than once$/],
    ['nonce=&nonce=', /^nonce is sent more than once$/],
    ['state=a&state=a', /^state is sent more than once$/],
    ['response_type=code', /^response_type is sent more than once$/],
    ['prompt[a]=b', /^prompt must be a plain value$/],
  ])('invalid_request when %s comes besides (RFC 6749 §3.1)', (more, words) => {
    expectSentBack(`${query()}&${more}`, 'invalid_request', words);
  });

  it.each<Row>([
    // OpenID Connect Core §3.1.2.6
    ['request_not_supported', /^request is/, { request: 'eyJ' }],
    ['request_uri_not_supported', /^request_uri is/, { request_uri: 'https://e.example/r' }],
    ['registration_not_supported', /^registration is/, { registration: '{}' }],
    // RFC 6749 §3.1.1
    ...invalid(/^response_type is missing: send code$/, 'response_type', [undefined, '']),
    ...['token', 'id_token', 'code id_token', 'none', 'CODE', 'code code', ' code'].map(
      (response_type): Row => ['unsupported_response_type', /must be code$/, { response_type }],
    ),
    ...invalid(/must be query$/, 'response_mode', ['fragment', 'form_post', 'query.jwt', 'QUERY']),
    // RFC 7636 §4.2, §4.4.1
    ...invalid(/^code_challenge is missing: send the S256/, 'code_challenge', [undefined, '']),
    ...invalid(/_method is missing: send S256$/, 'code_challenge_method', [undefined, '']),
    ...invalid(/_method must be S256$/, 'code_challenge_method', ['plain', 's256', 'S256 ']),
    ...invalid(/^code_challenge must be .* 43 characters without padding$/, 'code_challenge', [
      'a'.repeat(42),
      'a'.repeat(44),
      `${CHALLENGE}=`,
      `${'a'.repeat(42)}+`,
    ]),
    // RFC 6749 §3.3
    ['invalid_scope', /malformed/, { scope: 'a "b"' }],
    ['invalid_scope', /malformed/, { scope: 'a\0' }],
    // OpenID Connect Core §3.1.2.1
    ...invalid(/^prompt must be among none, login, /, 'prompt', ['create', 'Login', 'login,none']),
    ...invalid(/^prompt must be none alone/, 'prompt', ['none login', 'consent none']),
    ...invalid(/^max_age must be a whole number of seconds$/, 'max_age', [
      '-1',
      '1.5',
      '1e3',
      '+1',
      '0x10',
      ' 1',
      'x',
      '9'.repeat(11),
      '\u0661',
    ]),
    // bounds of ours
    ...invalid(/^state must be at most 2000 characters$/, 'state', ['x'.repeat(2001)]),
    ...invalid(/^nonce must be at most 2000 characters$/, 'nonce', ['x'.repeat(2001)]),
    ...invalid(/^login_hint must be at most 320 /, 'login_hint', ['x'.repeat(321)]),
    ...invalid(/^id_token_hint must be at most 8192 /, 'id_token_hint', ['x'.repeat(8193)]),
    ...['state', 'nonce', 'login_hint', 'id_token_hint', 'ui_locales'].flatMap((name) =>
      invalid(new RegExp(`^${name} .* NUL$`), name, ['a\0b']),
    ),
  ])('%s %s when %j', (code, words, changes) => {
    expectSentBack(query(changes), code, words);
  });

  it('a client that has not this grant (RFC 6749 §4.1.2.1)', () => {
    const error = thrownBy(query({ state: 'x' }), { ...CLIENT, grants: ['password'] });
    expect(error).toMatchObject({
      code: 'unauthorized_client',
      returnTo: { redirectUri: CB, state: 'x' },
    });
  });

  it('the first broken rule of many', () => {
    const broken: [Changes, string][] = [
      [{ request: 'x' }, 'request_not_supported'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ code_challenge: undefined }, 'invalid_request'],
      [{ scope: '"' }, 'invalid_scope'],
    ];
    broken.forEach(([, code], index) => {
      const rest = broken.slice(index).map(([changes]) => changes);
      expect(thrownBy(query(Object.assign({}, ...rest)))).toMatchObject({ code });
    });
  });

  it.each<[string, string]>([
    ['max_age', '9999999999'],
    ['max_age', '007'],
    ['state', 'x'.repeat(2000)],
    ['nonce', 'x'.repeat(2000)],
    ['login_hint', 'x'.repeat(320)],
    ['id_token_hint', 'x'.repeat(8192)],
    ...PROMPTS.map((prompt): [string, string] => ['prompt', prompt]),
    ['prompt', 'login consent select_account'],
  ])('nothing when %s is %s', (name, value) => {
    expect(thrownBy(query({ [name]: value }))).toBeUndefined();
  });
});

describe('the state that is sent back (RFC 6749 §4.1.2.1)', () => {
  const stateOf = (text: string) => (thrownBy(text) as AuthorizationError).returnTo.state;

  it.each([
    ['a repeated one is not: which is meant?', '&prompt=x&state=a&state=b', undefined],
    ['nor one that is repeated as the same', '&prompt=x&state=a&state=a', undefined],
    ['nor a nested one', '&prompt=x&state[]=a', undefined],
    ['nor an empty one', '&prompt=x&state=', undefined],
    ['nor one that is too long', `&state=${'x'.repeat(2001)}`, undefined],
    ['one beside another repetition is', '&scope=a&scope=b&state=a', 'a'],
    ['one with NUL is', '&state=%00', '\0'],
    ['+ is a space', '&prompt=x&state=a+b%2B', 'a b+'],
  ])('%s', (_what, more, state) => {
    expect(stateOf(query() + more)).toBe(state);
  });
});

describe('requestedClientId', () => {
  it.each([
    ['client_id=app', 'app'],
    ['client_id=%20app', ' app'],
    ['', undefined],
    ['client_id=', undefined],
    ['client_id=a&client_id=a', undefined],
    ['client_id=a&client_id=', undefined],
    ['client_id=a&client_id[]=b', undefined],
    ['client_id[]=a', undefined],
    ['Client_id=a', undefined],
  ])('of %j is %j', (text, id) => {
    expect(requestedClientId(decodeForm(Buffer.from(text)))).toBe(id);
  });
});

describe('whatever the pairs', () => {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...AUTHORIZATION_PARAMETERS) },
    fc.constantFrom('__proto__', 'toString', 'state[]'),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom('code', 'S256', CHALLENGE, 'openid', 'none', '', CB, 'https://e.example/'),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary', size: 'large' }),
    fc.constant('\ud800'),
  );
  const pairs = fc
    .tuple(fc.boolean(), fc.array(fc.tuple(name, value), { maxLength: 12 }))
    .map(([good, more]) => [...(good ? Object.entries(LEAST) : []), ...more]);

  it('a request is read, shown, or sent back to the registered URI alone', () => {
    fc.assert(
      fc.property(pairs, (sent) => {
        try {
          const request = parseAuthorizationRequest(sent, CLIENT);
          expect(request.redirectUri).toBe(CB);
          for (const text of Object.values(request).flat()) {
            expect(String(text)).not.toContain('\0');
            expect(String(text).isWellFormed()).toBe(true);
          }
        } catch (error) {
          if (error instanceof UnsafeAuthorizationRequest) return;
          expect(error).toBeInstanceOf(AuthorizationError);
          const url = errorUrl(error as AuthorizationError, 'https://id.example.com');
          expect(url.startsWith(`${CB}?error=`)).toBe(true);
          expect((error as AuthorizationError).description).toMatch(
            /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});
