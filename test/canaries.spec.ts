import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.js';
import { addClient } from './support/clients.js';
import { codeChallengeOf } from '../src/protocol/pkce.js';
import { addApplication, issueCode, REDIRECT_URI, redeem, VERIFIER } from './support/codes.js';
import { bearer, call, postForm, sendJson } from './support/http.js';
import { mailedToken } from './support/mails.js';
import { type Pair, pairOf, refresh } from './support/refresh.js';
import { answerOf, authorizePath, formOf, Visitor } from './support/visitor.js';

/** Secrets that are found wherever they are: each is unlike anything else. */
const canary = (kind: string): string => `${kind} canary ${randomBytes(9).toString('base64')}`;

const PASSWORDS = ['first', 'wrong', 'second', 'third', 'malformed', 'unread', 'reset'].map(canary);
const [FIRST, WRONG, SECOND, THIRD, MALFORMED, UNREAD, RESET] = PASSWORDS as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
/** A password that somebody types where the name belongs, or a secret for a client id; it could be a name. */
const TYPED = `typed-canary-${randomBytes(9).toString('hex')}`;
const EMAIL = `canary-${randomBytes(6).toString('hex')}@example.com`;

/** Every flow, with secrets of its own, at LOG_LEVEL=debug; then everything that was kept is searched for them. */
describe('what must be kept nowhere', () => {
  const secrets = new Set([...PASSWORDS, TYPED]);
  let service: TestApp;

  const json = (path: string, body: unknown, token?: string) =>
    sendJson(`${service.url}${path}`, 'POST', body, token);
  const signIn = async (password: string): Promise<Pair> => {
    const answer = await postForm(`${service.url}/token`, { username: 'canary', password });
    expect(answer.status).toBe(200);
    return pairOf(answer);
  };
  const keep = ({ access, refresh: token }: Pair) => secrets.add(access).add(token);

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open', LOG_LEVEL: 'debug' } });
    await liveAWholeLife();
    await breakWhatCanBreak();
  });
  afterAll(() => service.close());

  async function liveAWholeLife(): Promise<void> {
    const who = { username: 'canary', password: FIRST, email: EMAIL };
    expect((await json('/signup', who)).status).toBe(201);
    const proof = await mailedToken(service, EMAIL);
    secrets.add(proof);
    expect((await json('/email-verification/confirm', { token: proof })).status).toBe(204);
    expect((await json('/email-verification/confirm', { token: proof })).status).toBe(400);
    await postForm(`${service.url}/token`, { username: 'canary', password: WRONG });
    await mistakeTheField();
    const pair = await signIn(FIRST);
    keep(pair);
    keep(pairOf(await refresh(service, pair.refresh)));
    const { access } = pair;
    const change = { current_password: WRONG, new_password: SECOND };
    expect((await json('/users/me/password', change, access)).status).toBe(403);
    const good = { ...change, current_password: FIRST };
    expect((await json('/users/me/password', good, access)).status).toBe(204);
    await json('/password-reset', { username_or_email: 'canary' });
    const link = await mailedToken(service, EMAIL);
    secrets.add(link);
    const reset = { token: link, new_password: RESET };
    expect((await json('/password-reset/confirm', reset)).status).toBe(204);
    const again = await signIn(RESET);
    keep(again);
    await postForm(`${service.url}/revoke`, { token: again.refresh });
    await call(`${service.url}/users/me`, { headers: bearer(`${again.access}x`) });
    const machine = await addClient(service);
    secrets.add(machine.secret);
    const grant = { grant_type: 'client_credentials' };
    const { body } = await postForm(`${service.url}/token`, grant, machine.credentials);
    secrets.add(body.access_token as string);
    await useCodes();
    await useABrowser();
  }

  /** By the pages, for another's application: wrong, right, allowed, traded, and signed out. */
  async function useABrowser(): Promise<void> {
    const client = await addApplication(service, { firstParty: false });
    const visitor = new Visitor(service.url);
    const asked = {
      client_id: client.id,
      redirect_uri: REDIRECT_URI,
      code_challenge: codeChallengeOf(VERIFIER),
      scope: 'openid tasks:read',
    };
    const page = await visitor.follow(await visitor.get(authorizePath(asked)));
    const wrong = await visitor.submit(page, { username: TYPED, password: WRONG });
    const signedIn = await visitor.submit(wrong, { username: 'canary', password: RESET });
    const consent = await visitor.follow(signedIn);
    for (const { text } of [page, wrong, consent]) {
      for (const hidden of Object.values(formOf(text).hidden)) secrets.add(hidden);
    }
    for (const cookie of visitor.cookies.values()) secrets.add(cookie);
    const { code = '' } = answerOf(await visitor.submit(consent, { decision: 'approve' }));
    secrets.add(code);
    const answer = await redeem(service, client, code);
    keep(pairOf(answer));
    const idToken = answer.body.id_token as string;
    secrets.add(idToken);
    await visitor.get(`sign-out?${new URLSearchParams({ id_token_hint: idToken })}`);
    expect(visitor.cookies.size).toBe(1); // that of the forms alone
  }

  /** One that is used and comes again, one that is burnt by a wrong verifier, and one that nobody fetches. */
  async function useCodes(): Promise<void> {
    const client = await addApplication(service);
    const user = service.people.alice;
    const issue = () => issueCode(service, { user, client: { id: client.id, epoch: 0 } });
    const [used, burnt, open] = [await issue(), await issue(), await issue()];
    for (const code of [used, burnt, open]) secrets.add(code);
    secrets.add(VERIFIER);
    keep(pairOf(await redeem(service, client, used)));
    expect((await redeem(service, client, used)).status).toBe(400);
    const wrong = `canary-${randomBytes(24).toString('hex')}`;
    secrets.add(wrong);
    expect((await redeem(service, client, burnt, { code_verifier: wrong })).status).toBe(400);
    expect((await redeem(service, client, `${open}x`)).status).toBe(400);
  }

  async function mistakeTheField(): Promise<void> {
    for (const username of [TYPED, FIRST]) {
      const form = { username, password: 'canary' };
      expect((await postForm(`${service.url}/token`, form)).status).toBe(401);
      expect(
        (await postForm(`${service.url}/token`, { ...form, client_id: username })).status,
      ).toBe(401);
    }
    await json('/password-reset', { username_or_email: TYPED });
  }

  /** Errors quote what they are about, unless one takes care. */
  async function breakWhatCanBreak(): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const broken = `{"username":"canary","password":"${MALFORMED}`;
    await call(`${service.url}/signup`, { method: 'POST', headers, body: broken });
    await postForm(`${service.url}/token?password=${encodeURIComponent(THIRD)}`, '');
    await postForm(`${service.url}/token`, `username=canary&password=${MALFORMED}%ff`);
    const database = service.app.get(DataSource);
    await database.query('ALTER TABLE users RENAME TO users_away');
    try {
      const form = { username: 'canary', password: UNREAD };
      expect((await postForm(`${service.url}/token`, form)).status).toBe(500);
      const person = { username: 'other-canary', password: UNREAD, email: EMAIL };
      expect((await json('/signup', person)).status).toBe(500);
      await json('/password-reset', { username_or_email: EMAIL });
    } finally {
      await database.query('ALTER TABLE users_away RENAME TO users');
    }
  }

  it('is in no line of the log', () => {
    expect(service.log().length).toBeGreaterThan(1000);
    expect(found(service.log(), [...secrets, EMAIL])).toEqual([]);
  });

  it('is in no row of the database', async () => {
    const dump = await dumpOf(service.app.get(DataSource));
    expect(dump).toContain(EMAIL); // so what is there would be found
    expect(found(dump, [...secrets])).toEqual([]);
  });
});

/** @returns the secrets that a text holds, as they are or in any form in which they travel */
function found(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const form = new URLSearchParams({ secret }).toString().slice('secret='.length);
  const encoded = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    form,
    bytes.toString('hex'),
    ...encoded,
  ];
}

async function dumpOf(database: DataSource): Promise<string> {
  const tables: { name: string }[] = await database.query(
    database.options.type === 'postgres'
      ? "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
      : "SELECT name FROM sqlite_master WHERE type = 'table'",
  );
  const rows: unknown[] = [];
  for (const { name } of tables) rows.push(await database.query(`SELECT * FROM "${name}"`));
  return JSON.stringify(rows);
}
