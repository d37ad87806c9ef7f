import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher, PasswordWorkersBusy } from '../../src/users/password-hasher.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { type Answer, call, sendJson, signIn } from '../support/http.js';
import { askToken, INCORRECT } from '../support/oauth.js';
import { PASSWORD, somebody } from '../support/people.js';
import { auditLog, sessionRows } from '../support/refresh.js';

/** What somebody types who has mistaken the field. */
const TYPED = 'Tr0ub4dor&3';

describe('the audit log of sign-ins', () => {
  let service: TestApp;
  let host = 0;
  let address = '';

  const from = () => ({ 'x-forwarded-for': address });
  const ask = (fields: Record<string, string | undefined> = {}) =>
    askToken(service.url, fields, from());

  /** What a deed adds to the log. */
  async function linesOf(deed: () => Promise<unknown>) {
    const before = await auditLog(service);
    const result = await deed();
    return { result, lines: (await auditLog(service)).slice(before.length) };
  }

  /** The one line that a request adds, which is its own. */
  async function lineOf(deed: () => Promise<Answer>) {
    const { result, lines } = await linesOf(deed);
    const { headers, status } = result as Answer;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ip: address, requestId: headers.get('x-request-id') });
    return { ...lines[0], status };
  }

  beforeAll(async () => {
    service = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
  });
  beforeEach(() => {
    address = `203.0.113.${++host}`;
    vi.restoreAllMocks();
  });
  afterAll(() => service.close());

  it('has one line for a sign-in: whose, through which client, from where', async () => {
    const { id } = service.people.johndoe;
    expect(await lineOf(() => ask())).toMatchObject({
      status: 200,
      event: 'sign_in',
      result: 'success',
      reason: null,
      actor: 'client:hallpass',
      subject: `user:${id}`,
      userId: id,
    });
    const client = await addClient(service, { grants: ['password'], confidential: false });
    expect(await lineOf(() => ask({ client_id: client.id, scope: undefined }))).toMatchObject({
      actor: `client:${client.id}`,
      subject: `user:${id}`,
    });
  });

  it.each([
    ['a wrong password', 'johndoe', { password: 'wrong' }, 'wrong_password'],
    ['a disabled user', 'bob', { username: 'bob', password: 'secret3' }, 'disabled'],
    ['a disabled user’s wrong password', 'bob', { username: 'bob', password: TYPED }, 'disabled'],
  ] as const)('says of %s whose it is', async (_title, name, fields, reason) => {
    const { id } = service.people[name];
    expect(await lineOf(() => ask(fields))).toMatchObject({
      status: 401,
      event: 'sign_in',
      result: 'refused',
      reason,
      actor: 'client:hallpass',
      subject: `user:${id}`,
      userId: id,
    });
  });

  it.each([TYPED, 'no such person', 'x'.repeat(500), 'a\u0000b'])(
    'says of an unknown name that it is nobody’s, and never the name: %j',
    async (username) => {
      expect(await lineOf(() => ask({ username }))).toMatchObject({
        status: 401,
        event: 'sign_in',
        result: 'refused',
        reason: 'unknown_user',
        actor: 'client:hallpass',
        subject: 'nobody',
        userId: null,
      });
      expect(JSON.stringify(await auditLog(service))).not.toContain(
        JSON.stringify(username).slice(1, -1),
      );
    },
  );

  it('says of a scope that the user may not have that the password was right', async () => {
    const { id } = service.people.alice;
    const alice = { username: 'alice', password: 'secret2', scope: 'users:read' };
    expect(await lineOf(() => ask(alice))).toMatchObject({
      status: 400,
      result: 'refused',
      reason: 'invalid_scope',
      subject: `user:${id}`,
    });
  });

  it('says of a user who was deleted meanwhile that the user has left', async () => {
    const user = await somebody(service);
    const { verify } = PasswordHasher.prototype;
    vi.spyOn(service.app.get(PasswordHasher), 'verify').mockImplementation(async function (
      this: PasswordHasher,
      ...sent
    ) {
      const verified = await verify.apply(this, sent);
      const found = await service.app.get(UsersService).findWithPasswordHash(user.username);
      if (found) await service.app.get(UsersService).delete(found);
      return verified;
    });
    const fields = { username: user.username, password: PASSWORD };
    const line = await lineOf(() => ask(fields));
    expect(line).toMatchObject({ status: 401, result: 'refused', reason: 'user_left' });
    expect(line.subject).toBe(`user:${user.id}`);
  });

  it('has none for what is no attempt: a malformed form, and an answer of 503', async () => {
    const busy = async () => {
      const hasher = service.app.get(PasswordHasher);
      vi.spyOn(hasher, 'verify').mockRejectedValueOnce(new PasswordWorkersBusy());
      expect((await ask()).status).toBe(503);
    };
    expect((await linesOf(() => ask({ password: '' }))).lines).toEqual([]);
    expect((await linesOf(() => ask({ password: 'x'.repeat(1025) }))).lines).toEqual([]);
    expect((await linesOf(busy)).lines).toEqual([]);
  });

  it.each([
    ['a known name', 'johndoe', () => `user:${service.people.johndoe.id}`],
    ['an unknown name', 'stranger', () => 'nobody'],
  ])('has one line for all that the limit refuses of %s', async (_title, username, subject) => {
    for (let i = 0; i < 10; i += 1)
      expect(await ask({ username, password: TYPED })).toMatchObject(INCORRECT);
    const { lines } = await linesOf(async () => {
      for (let i = 0; i < 30; i += 1) {
        expect((await ask({ username, password: TYPED })).status).toBe(429);
      }
    });
    expect(lines).toMatchObject([
      {
        event: 'sign_in',
        result: 'refused',
        reason: 'too_many_attempts',
        subject: subject(),
        ip: address,
      },
    ]);
  });

  it('has one line for all that the limit of an address refuses, under however many names', async () => {
    for (let i = 0; i < 100; i += 1) {
      expect((await ask({ username: `name-${i}` })).status).toBe(401);
    }
    const { lines } = await linesOf(async () => {
      for (let i = 0; i < 50; i += 1) {
        expect((await ask({ username: `other-${i}` })).status).toBe(429);
      }
    });
    expect(lines).toMatchObject([{ reason: 'too_many_attempts', subject: 'nobody' }]);
  });

  it('has a line for a wrong password before it is changed or the account is left', async () => {
    const user = await somebody(service);
    const token = await signIn(service.url, user.username, PASSWORD);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...from(),
    };
    const post = (path: string, body: object) =>
      call(`${service.url}/users/me/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
    const change = { current_password: TYPED, new_password: 'another garden in the rain' };
    const expected = {
      status: 403,
      result: 'refused',
      reason: 'wrong_password',
      actor: `user:${user.id}`,
      subject: `user:${user.id}`,
      userId: user.id,
    };
    expect(await lineOf(() => post('password', change))).toMatchObject({
      ...expected,
      event: 'user.password_changed',
    });
    expect(await lineOf(() => post('deletion', { password: TYPED }))).toMatchObject({
      ...expected,
      event: 'user.deleted',
    });
  });

  it('gives nobody a token, and no verdict, while it cannot be written', async () => {
    const database = service.app.get(DataSource);
    await database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      for (const fields of [{}, { password: 'wrong' }, { username: TYPED }]) {
        const { status, body, text } = await ask(fields);
        expect(status, text).toBe(500);
        expect(body).not.toHaveProperty('access_token');
      }
    } finally {
      await database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    expect((await ask()).status).toBe(200);
  });

  it('has a line for each of many sign-ins at once, after its session', async () => {
    const user = await somebody(service);
    const { lines } = await linesOf(() =>
      Promise.all(
        Array.from({ length: 8 }, () => ask({ username: user.username, password: PASSWORD })),
      ),
    );
    expect(lines.map(({ event, subject }) => [event, subject])).toEqual(
      Array.from({ length: 8 }, () => ['sign_in', `user:${user.id}`]),
    );
    expect(await sessionRows(service).countBy({ userId: user.id })).toBe(8);
  });

  it('holds nothing that was typed', async () => {
    await sendJson(`${service.url}/token`, 'POST', { username: TYPED });
    const log = JSON.stringify(await auditLog(service));
    for (const text of [TYPED, 'stranger', 'name-1', 'secret', 'wrong"', 'johndoe']) {
      expect(log).not.toContain(text);
    }
  });
});
