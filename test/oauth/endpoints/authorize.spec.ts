import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, type TestClient } from '../../support/clients.js';
import { addApplication, REDIRECT_URI } from '../../support/codes.js';
import { type Answer, postForm } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { FORM } from '../../support/oauth.js';
import { rawCall } from '../../support/raw.js';
import { answerOf, authorizePath, pkce, Visitor } from '../../support/visitor.js';

type Changes = Readonly<Record<string, string | undefined>>;

const ORIGIN = 'https://front.example';
const LONG = 'x'.repeat(2001);

/** What is sent, the error that goes back, and what its description has to say. */
const REFUSED: readonly (readonly [Changes, error: string, description: RegExp])[] = [
  [{ response_type: undefined }, 'invalid_request', /response_type is missing/],
  [{ response_type: '' }, 'invalid_request', /response_type is missing/],
  [{ response_type: 'token' }, 'unsupported_response_type', /code/],
  [{ response_type: 'id_token' }, 'unsupported_response_type', /code/],
  [{ response_type: 'code id_token' }, 'unsupported_response_type', /code/],
  [{ response_type: 'code token' }, 'unsupported_response_type', /code/],
  [{ response_type: 'none' }, 'unsupported_response_type', /code/],
  [{ response_type: 'Code' }, 'unsupported_response_type', /code/],
  [{ response_mode: 'fragment' }, 'invalid_request', /response_mode/],
  [{ response_mode: 'form_post' }, 'invalid_request', /response_mode/],
  [{ code_challenge: undefined }, 'invalid_request', /code_challenge is missing/],
  [{ code_challenge_method: undefined }, 'invalid_request', /code_challenge_method is missing/],
  [{ code_challenge_method: 'plain' }, 'invalid_request', /code_challenge_method must be S256/],
  [{ code_challenge_method: 's256' }, 'invalid_request', /code_challenge_method must be S256/],
  [{ code_challenge: 'x'.repeat(42) }, 'invalid_request', /code_challenge must be/],
  [{ code_challenge: `${'x'.repeat(43)}=` }, 'invalid_request', /code_challenge must be/],
  [{ code_challenge: `${'x'.repeat(42)}+` }, 'invalid_request', /code_challenge must be/],
  [{ scope: 'users:read nonsense' }, 'invalid_scope', /nonsense/],
  [{ scope: 'audit:read' }, 'invalid_scope', /audit:read/],
  [{ scope: 'a"b' }, 'invalid_scope', /\S/],
  [{ scope: 'ünder' }, 'invalid_scope', /\S/],
  [{ prompt: 'create' }, 'invalid_request', /prompt must be among/],
  [{ prompt: 'none login' }, 'invalid_request', /none alone/],
  [{ max_age: '-1' }, 'invalid_request', /max_age/],
  [{ max_age: '1.5' }, 'invalid_request', /max_age/],
  [{ max_age: '0x10' }, 'invalid_request', /max_age/],
  [{ max_age: '99999999999' }, 'invalid_request', /max_age/],
  [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported', /request/],
  [{ request_uri: 'https://a.example/r' }, 'request_uri_not_supported', /request_uri/],
  [{ registration: '{}' }, 'registration_not_supported', /registration/],
  [{ nonce: LONG }, 'invalid_request', /nonce must be at most 2000/],
  [{ nonce: 'a\0b' }, 'invalid_request', /nonce must be/],
  [{ login_hint: 'a\0b' }, 'invalid_request', /login_hint must be/],
  [{ prompt: 'none' }, 'login_required', /\S/],
];

/** Each has to come back exactly so. */
const STATES = [
  'plain',
  'a b+c',
  '%',
  '%41%zz',
  '"><script>alert(1)</script>',
  "' OR 1=1 --",
  'grüße/日本語/🙂/e\u0301',
  '\u202Eabc',
  'a&b=c#d?e',
  ' spaces ',
  'line\r\nSet-Cookie: a=b',
  '\t',
  '0',
  'null',
  'x'.repeat(2000),
];

describe('what /authorize refuses', () => {
  let app: TestApp;
  let client: TestClient;
  const code_challenge = pkce().challenge;

  const pathOf = (more: Changes = {}) =>
    authorizePath({ client_id: client.id, redirect_uri: REDIRECT_URI, code_challenge, ...more });
  const get = (more: Changes = {}) => new Visitor(app.url).get(pathOf(more));
  const queryOf = (path: string) => path.slice(path.indexOf('?') + 1);
  const expectSentBack = (answer: Answer, error: string, description: RegExp, state: unknown) => {
    expect(answer.status, answer.text).toBe(303);
    expect(answer.headers.get('location')).toMatch(
      /^https:\/\/app\.example\.com\/callback\?error=/,
    );
    const { state: echoed, ...rest } = answerOf(answer);
    expect(echoed).toBe(state);
    expect(rest).toEqual({
      error,
      error_description: expect.stringMatching(description) as string,
      iss: app.url,
    });
    // RFC 6749 §4.1.2.1
    expect(rest['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  };

  beforeAll(async () => {
    app = await startApp({ env: { CORS_ORIGINS: ORIGIN } });
    client = await addApplication(app);
    return () => app.close();
  });

  it.each(REFUSED)('is told to the client: %o → %s', async (more, error, description) => {
    expectSentBack(await get({ state: 'S %', ...more }), error, description, 'S %');
    const path = pathOf({ state: 'S %', ...more });
    const posted = await postForm(`${app.url}/authorize`, queryOf(path));
    expect(posted.status).toBe(303);
    const answer = await new Visitor(app.url).follow(posted);
    expectSentBack(answer, error, description, 'S %');
  });

  it('is told to the client for what it may not use at all (RFC 6749 §4.1.2.1)', async () => {
    const { id } = await addClient(app, { redirectUris: [REDIRECT_URI] });
    expectSentBack(
      await get({ client_id: id }),
      'unauthorized_client',
      /authorization_code/,
      'a state',
    );
  });

  it.each([
    'response_type',
    'scope',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'prompt',
    'max_age',
    'login_hint',
    'ui_locales',
    'id_token_hint',
  ])('is a %s that is sent twice or nested (RFC 6749 §3.1)', async (name) => {
    const path = pathOf({ [name]: undefined });
    for (const more of [`${name}=a&${name}=a`, `${name}[]=a`, `${name}[a]=b`]) {
      const answer = await new Visitor(app.url).get(`${path}&${more}`);
      expectSentBack(answer, 'invalid_request', new RegExp(name), 'a state');
    }
  });

  it('is a state that is sent twice, too long or no text; then none comes back', async () => {
    const path = pathOf({ state: undefined });
    const long = 'x'.repeat(12_000);
    for (const more of ['state=a&state=b', 'state[]=a', `state=${LONG}`, `state=${long}`]) {
      const answer = await new Visitor(app.url).get(`${path}&${more}`);
      expectSentBack(answer, 'invalid_request', /state/, undefined);
    }
  });

  it.each(STATES)('gives back the state as it came: %j', async (state) => {
    const answer = await get({ state, prompt: 'none' });
    expectSentBack(answer, 'login_required', /\S/, state);
    expect(answer.headers.get('location')).not.toMatch(/[^\x21-\x7e]/);
    expect(answer.headers.get('location')).toContain(`state=${encodeURIComponent(state)}&`);
    const posted = await postForm(
      `${app.url}/authorize`,
      queryOf(pathOf({ state, prompt: 'none' })),
    );
    const followed = await new Visitor(app.url).follow(posted);
    expect(answerOf(followed)['state']).toBe(state);
  });

  it('sends no state where none or an empty one came', async () => {
    for (const state of ['', undefined]) {
      expectSentBack(await get({ state, prompt: 'none' }), 'login_required', /\S/, undefined);
    }
  });

  it('shows a page for what cannot be read at all, and goes nowhere', async () => {
    const path = `/${pathOf()}`;
    for (const more of [
      'state=%zz',
      'state=%',
      'state=%e2%82',
      'nonce=%ff',
      '%zz=a',
      'state=%c0%80',
    ]) {
      const answer = await rawCall(app.url, `GET ${path}&${more}`);
      expect(answer.status, more).toBe(400);
      expect(answer.headers['content-type'], more).toBe('text/html; charset=utf-8');
      expect(answer.headers, more).not.toHaveProperty('location');
    }
  });

  it('says what cannot be read in the language of the browser, with the word for whoever runs the app', async () => {
    const path = `/${pathOf()}&state=%zz`;
    const answer = await rawCall(app.url, `GET ${path}`, ['Accept-Language: de']);
    expect(answer.text).toContain('Diese Anfrage ist nicht lesbar');
    expect(answer.text).toContain('What was sent is not valid percent-encoded UTF-8');
  });

  it('ignores what it does not know (RFC 6749 §3.1)', async () => {
    const more = {
      claims: '{}',
      resource: 'https://a.example',
      display: 'popup',
      code: 'x',
      iss: 'y',
    };
    const answer = await get({ ...more, error: 'access_denied', utm: '"><script>' });
    expect(answer.headers.get('location')).toMatch(/^sign-in\?continue=[\w-]+$/);
  });

  it('takes a form, and no JSON nor anything else, in a body', async () => {
    const url = `${app.url}/authorize`;
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const answer = await postForm(url, JSON.stringify({ client_id: client.id }), {
        'content-type': type,
      });
      expect([400, 415], type).toContain(answer.status);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
    for (const body of ['', 'client_id', '%zz=1', `state=${'x'.repeat(70_000)}`]) {
      const answer = await new Visitor(app.url).follow(await postForm(url, body));
      expect([400, 413], body.slice(0, 20)).toContain(answer.status);
      expect(answer.headers.get('location')).toBeNull();
    }
  });

  it('stays here with what is posted, whatever is in it', async () => {
    const fields = { client_id: client.id, next: '//attacker.example', x: '\\\\attacker.example/' };
    const { headers } = await postForm(`${app.url}/authorize`, fields);
    expect(headers.get('location')).toMatch(/^authorize\?[\w=&%.+-]+$/);
  });

  it('answers GET and POST alone', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { status, headers } = await rawCall(app.url, `${method} /${pathOf()}`);
      expect(status, method).toBe(405);
      expect(headers['allow']).toMatch(/GET.*POST/);
    }
    const head = await rawCall(app.url, `HEAD /${pathOf()}`);
    expect([303, 405]).toContain(head.status);
    expect(head.text).toBe('');
    expect(head.headers['location'] ?? '').not.toContain('code=');
  });

  it('lets no program of another origin read an answer, even one that CORS_ORIGINS lists', async () => {
    const answers = [
      await new Visitor(app.url).get(pathOf(), { origin: ORIGIN }),
      await new Visitor(app.url).get(pathOf({ client_id: 'x' }), { origin: ORIGIN }),
      await postForm(`${app.url}/authorize`, queryOf(pathOf()), { origin: ORIGIN }),
      await new Visitor(app.url).get('sign-in', { origin: ORIGIN }),
      await new Visitor(app.url).get('sign-out', { origin: ORIGIN }),
    ];
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    const preflight = await rawCall(app.url, 'OPTIONS /authorize', [
      `Origin: ${ORIGIN}`,
      'Access-Control-Request-Method: POST',
    ]);
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('keeps its answers out of caches, frames and referrers, and sets no cookie with an error', async () => {
    const pages = [await get(), await get({ client_id: 'x' }), await get({ prompt: 'none' })];
    for (const { headers } of pages) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).toMatch(/script-src 'none'/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/);
      expect(headers.getSetCookie()).toEqual([]);
    }
    expectPage(pages[1] as Answer, 400, 'This app is not known here');
  });

  it('reads the form as a form, whatever its charset is called', async () => {
    const type = { 'content-type': `${FORM}; charset=UTF-8` };
    const answer = await postForm(`${app.url}/authorize`, queryOf(pathOf()), type);
    expect(answer.status).toBe(303);
  });
});
