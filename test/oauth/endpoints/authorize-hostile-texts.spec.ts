import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { changeClient, type TestClient } from '../../support/clients.js';
import { addApplication, REDIRECT_URI } from '../../support/codes.js';
import type { Answer } from '../../support/http.js';
import { PASSWORD, somebody } from '../../support/people.js';
import { rawCall } from '../../support/raw.js';
import { authorizePath, pkce, Visitor } from '../../support/visitor.js';

const HOSTILE = [
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '</title></h1></main><script>alert(1)</script>',
  'javascript:alert(1)',
  '<%= it.csrf %>{{1337*1337}}${1337*1337}',
  '{client} {user}',
  '&lt;script&gt;&quot;&#x3c;',
  '\u202E\u2066moc.elpmaxe',
  'a" autofocus onfocus="alert(1)',
];

const ELSEWHERE = [
  'https://attacker.example/',
  '//attacker.example/',
  '/\\attacker.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/users/me',
  '../',
  'https%3A%2F%2Fattacker.example',
];

/** The tags of a page, without what their attributes say. */
const tagsOf = ({ text }: Answer) =>
  [...text.matchAll(/<[a-z/!][^>]*>/gi)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));

describe('hostile texts in the authorization pages', () => {
  let app: TestApp;
  let client: TestClient;
  const code_challenge = pkce().challenge;

  const path = (more: Record<string, string> = {}) =>
    authorizePath({ client_id: client.id, redirect_uri: REDIRECT_URI, code_challenge, ...more });
  /** Each page of the way, for a client of this name and with these parameters. */
  async function pages(name: string, more: Record<string, string> = {}): Promise<Answer[]> {
    await changeClient(app, client.id, { name });
    const visitor = new Visitor(app.url);
    const form = await visitor.follow(await visitor.get(path({ ...more, prompt: 'consent' })));
    const username = more['login_hint'] ?? 'alice';
    const wrong = await visitor.submit(form, { username, password: 'no' });
    const typed = { username: 'alice', password: 'secret2' };
    const consent = await visitor.follow(await visitor.submit(wrong, typed));
    const signOut = await visitor.get(`sign-out?client_id=${client.id}`);
    return [form, wrong, consent, signOut];
  }

  beforeAll(async () => {
    app = await startApp();
    client = await addApplication(app, { firstParty: false });
    return () => app.close();
  });

  it.each(HOSTILE)('are text in the name of a client: %j', async (name) => {
    const plain = await pages('Calendar');
    const hostile = await pages(name);
    expect(hostile.map(({ status }) => status)).toEqual([200, 422, 200, 200]);
    expect(hostile.map(tagsOf)).toEqual(plain.map(tagsOf));
    for (const { text } of hostile) expect(text).not.toContain('1787569');
  });

  it.each(HOSTILE)('are text in what a client asks with: %j', async (text) => {
    const names = ['state', 'nonce', 'login_hint', 'ui_locales', 'id_token_hint', 'display', 'foo'];
    const askedWith = (value: string) =>
      pages('Calendar', Object.fromEntries(names.map((name) => [name, value])));
    const [plain, hostile] = [await askedWith('alice'), await askedWith(text)];
    expect(hostile.map(({ status }) => status)).toEqual([200, 422, 200, 200]);
    expect(hostile.map(tagsOf)).toEqual(plain.map(tagsOf));
  });

  it.each(HOSTILE)('are text in a name that is typed: %j', async (username) => {
    const visitor = new Visitor(app.url);
    const form = await visitor.get('sign-in');
    const plain = await visitor.submit(form, { username: 'alice', password: 'no' });
    const hostile = await visitor.submit(form, { username, password: 'no' });
    expect(hostile.status).toBe(422);
    expect(tagsOf(hostile)).toEqual(tagsOf(plain));
  });

  it.each(HOSTILE)('are refused in a scope, by words that hold no markup: %j', async (scope) => {
    const { headers } = await new Visitor(app.url).get(path({ scope }));
    const location = headers.get('location') ?? '';
    expect(location).toContain(`${REDIRECT_URI}?error=invalid_scope&error_description=`);
    expect(location).not.toMatch(/["<>\\^`{|}\s]/);
  });

  it('break no header and no address out of a state', async () => {
    for (const state of [
      '\r\nSet-Cookie: a=b',
      '#x',
      '&code=forged',
      '&iss=https://attacker.example',
    ]) {
      const { headers } = await new Visitor(app.url).get(path({ state, prompt: 'none' }));
      const query = new URL(headers.get('location') ?? '').searchParams;
      expect(query.getAll('state')).toEqual([state]);
      expect(query.getAll('iss')).toEqual([app.url]);
      expect(query.getAll('code')).toEqual([]);
      expect(headers.getSetCookie()).toEqual([]);
    }
  });

  it.each(ELSEWHERE)('lead nowhere as the request to go on with: %j', async (sent) => {
    const visitor = new Visitor(app.url);
    const person = await somebody(app);
    await visitor.signIn(person.username, PASSWORD);
    for (const page of ['sign-in', 'consent', 'sign-out']) {
      const answer = await visitor.get(`${page}?continue=${encodeURIComponent(sent)}`);
      expect(answer.status, page).toBe(400);
      expect(answer.headers.get('location'), page).toBeNull();
      expect(answer.text, page).not.toContain('attacker');
    }
    const form = await new Visitor(app.url).get('sign-in');
    const typed = { username: person.username, password: PASSWORD, continue: sent };
    const answer = await visitor.submit(form, typed);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('lead nowhere as parameters of a sign-in without a client', async () => {
    const visitor = new Visitor(app.url);
    const query = 'next=https://attacker.example&return_to=//attacker.example&redirect_uri=x';
    const answer = await visitor.signIn('alice', 'secret2', `sign-in?${query}`);
    expect(answer.headers.get('location')).toBe('sign-in');
  });

  it('lead nowhere as a host or a path of the request itself', async () => {
    const [asked, target] = [path(), 'attacker.example'];
    for (const [line, headers] of [
      [`GET /${asked}`, ['X-Forwarded-Host: attacker.example', 'X-Forwarded-Proto: javascript']],
      [`GET //${target}/${asked}`, []],
      [`GET //${target}/..%2f${asked}`, []],
      [`GET /\\${target}/${asked}`, []],
      [`GET https://${target}/${asked}`, []],
    ] as const) {
      const { headers: sent } = await rawCall(app.url, line, headers);
      expect(sent['location'] ?? '', line).not.toContain(target);
      expect(sent['location'] ?? 'sign-in?', line).toMatch(/^sign-in\?/);
    }
  });
});
