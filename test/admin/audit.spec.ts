import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { addEntries, auditEntry, auditRows, newestFirst } from '../support/audit.js';
import { addClient } from '../support/clients.js';
import { type Answer, bearer, call, sendJson, signIn } from '../support/http.js';
import { somebody, PASSWORD } from '../support/people.js';
import { machineToken } from '../support/tokens.js';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 0, 31, 12);
const ITEM_FIELDS = [
  'id',
  'at',
  'event',
  'result',
  'reason',
  'actor',
  'subject',
  'user_id',
  'ip',
  'request_id',
];

interface Item {
  readonly id: string;
  readonly [field: string]: string | null;
}

describe('GET /audit', () => {
  let service: TestApp;
  let token: string;

  const list = (query = ''): Promise<Answer> =>
    call(`${service.url}/audit${query}`, { headers: bearer(token) });
  const idsOf = async (query: string): Promise<string[]> => {
    const answer = await list(query);
    expect(answer.status, answer.text).toBe(200);
    return (answer.body.items as Item[]).map(({ id }) => id);
  };

  /** Follows `next` to the last page. */
  async function walk(query: string, between: () => Promise<unknown> = async () => undefined) {
    const found: string[] = [];
    for (let cursor = ''; ;) {
      const { status, body, text } = await list(`?${query}${cursor}`);
      expect(status, text).toBe(200);
      found.push(...(body.items as Item[]).map(({ id }) => id));
      if (body.next === null) return found;
      cursor = `&cursor=${body.next as string}`;
      await between();
    }
  }

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url, 'johndoe', 'secret', 'audit:read');
  });
  afterAll(() => service.close());

  it('is for administrators with the scope audit:read, and for machines that have it', async () => {
    expect((await list()).status).toBe(200);
    expect((await call(`${service.url}/audit`)).status).toBe(401);
    const get = (other: string) => call(`${service.url}/audit`, { headers: bearer(other) });
    expect((await get(await signIn(service.url))).status).toBe(403);
    expect((await get(await signIn(service.url, 'alice', 'secret2'))).status).toBe(403);
    const machine = await addClient(service, { scopes: ['audit:read'] });
    expect((await get(await machineToken(service.url, machine))).status).toBe(200);
    const other = await addClient(service, { scopes: ['users:read'] });
    expect((await get(await machineToken(service.url, other))).status).toBe(403);
  });

  it('shows what was done, the newest first', async () => {
    const user = await somebody(service);
    const theirs = await signIn(service.url, user.username, PASSWORD);
    const change = { current_password: PASSWORD, new_password: 'another garden in the rain' };
    const changed = await sendJson(`${service.url}/users/me/password`, 'POST', change, theirs);
    expect(changed.status).toBe(204);
    const { body } = await list(`?user=${user.id}`);
    const about = { subject: `user:${user.id}`, user_id: user.id, result: 'success' };
    const actor = `user:${user.id}`;
    const request_id = changed.headers.get('x-request-id');
    expect(body).toMatchObject({
      next: null,
      items: [
        { ...about, event: 'sessions.ended', reason: 'password_changed', actor, request_id },
        { ...about, event: 'user.password_changed', reason: null, actor, request_id },
        { ...about, event: 'sign_in', reason: null, actor: 'client:hallpass', ip: '127.0.0.1' },
      ],
    });
    for (const item of body.items as Item[]) expect(Object.keys(item)).toEqual(ITEM_FIELDS);
  });

  it('gives each time to the millisecond', async () => {
    const [id, at] = [auditEntry().id, NOON + 123];
    await addEntries(service, [auditEntry({ id, at, userId: id })]);
    expect((await list(`?user=${id}`)).body.items).toMatchObject([
      { id, at: '2026-01-31T12:00:00.123Z' },
    ]);
  });

  it('pages through all of it, each entry once, while others are added', async () => {
    const userId = auditEntry().id;
    // Many in one millisecond, and ids that are not in the order of the times.
    const entries = Array.from({ length: 200 }, (_, n) =>
      auditEntry({ userId, at: NOON + ((n * 7) % 20) }),
    );
    await addEntries(service, entries);
    const expected = newestFirst(entries).map(({ id }) => id);
    const add = () => addEntries(service, [auditEntry({ userId, at: NOON + DAY })]);
    expect(await walk(`user=${userId}&limit=7`, add)).toEqual(expected);
    expect(await walk(`user=${userId}&limit=100&until=2026-02-01`)).toEqual(expected);
  });

  it('goes on behind an entry that was purged with nothing', async () => {
    const userId = auditEntry().id;
    await addEntries(service, [
      auditEntry({ userId, at: NOON }),
      auditEntry({ userId, at: NOON + 1 }),
      auditEntry({ userId, at: NOON + 2 }),
    ]);
    const { body } = await list(`?user=${userId}&limit=1`);
    await auditRows(service).delete({ userId });
    const next = await list(`?user=${userId}&cursor=${body.next as string}`);
    expect(next).toMatchObject({ status: 200, body: { items: [], next: null } });
  });

  describe('finds', () => {
    const user = auditEntry().id;
    const entries = [
      auditEntry({ userId: user, at: NOON, event: 'sign_in' }),
      auditEntry({ userId: user, at: NOON + 1000, event: 'sign_in', result: 'refused' }),
      auditEntry({ userId: user, at: NOON + 2000, event: 'session.ended', actor: 'operator' }),
      auditEntry({ at: NOON + 3000, event: 'key.created', actor: `user:${user}` }),
    ];
    const here = (...indices: number[]) => indices.map((index) => entries[index]?.id);

    beforeAll(async () => {
      await auditRows(service).clear();
      await addEntries(service, entries);
    });

    it.each([
      ['?since=2026-01-31', [3, 2, 1, 0]],
      [`?user=${user}`, [2, 1, 0]],
      [`?user=${user.toUpperCase()}`, [2, 1, 0]],
      [`?actor=user:${user}`, [3]],
      ['?actor=operator', [2]],
      ['?event=sign_in&until=2026-02-01', [1, 0]],
      ['?result=refused', [1]],
      [`?user=${user}&event=sign_in&result=success`, [0]],
      ['?since=2026-01-31T12:00:01Z&until=2026-02-01', [3, 2, 1]],
      ['?since=2026-01-31T12:00:01.001Z&until=2026-02-01', [3, 2]],
      ['?until=2026-01-31T12:00:01Z', [0]],
      ['?since=2026-01-31T13:00:01%2B01:00&until=2026-01-31T07:00:02-05:00', [1]],
      ['?event=users.imported', []],
    ])('what fits %s', async (query, indices) => {
      expect(await idsOf(query)).toEqual(here(...indices));
    });

    it('what concerns somebody by name, in any spelling of it', async () => {
      const { id, username } = await somebody(service, { username: 'Änne' });
      await addEntries(service, [auditEntry({ userId: id, at: NOON })]);
      for (const name of [username, 'ÄNNE', 'A\u0308nne']) {
        expect(await idsOf(`?user=${encodeURIComponent(name)}`)).toHaveLength(1);
      }
    });
  });

  it.each([
    ['user', 'no-such-person'],
    ['user', ''],
    ['user', '%00'],
    ['user', 'a&user=b'],
    ['actor', ''],
    ['actor', 'root'],
    ['actor', 'user:%00'],
    ['actor', "user:' OR 1=1"],
    ['event', 'sign_out'],
    ['event', ''],
    ['event', 'sign_in&event=sign_in'],
    ['result', 'maybe'],
    ['since', 'yesterday'],
    ['since', '1769860800'],
    ['since', '2026-02-30'],
    ['since', '2026-13-01'],
    ['since', '2026-01-31T12:00:00'],
    ['since', '2026-01-31T25:00:00Z'],
    ['since', '2026-01-31T12:00:00%2B25:00'],
    ['since', '-000001-01-01T00:00:00Z'],
    ['until', '2026-1-1'],
    ['limit', '0'],
    ['cursor', 'x'],
  ])('refuses %s=%s with 422', async (field, value) => {
    const answer = await list(`?${field}=${value}`);
    expect(answer.status, answer.text).toBe(422);
    expect(answer.body.errors).toEqual([{ field, message: expect.any(String) as string }]);
    if (value !== '') expect(answer.text).not.toContain(`"${value}"`);
  });

  it('refuses parameters that it does not know', async () => {
    for (const name of ['page', 'userId', 'subject', 'toString', 'after']) {
      expect((await list(`?${name}=1`)).status).toBe(422);
    }
  });

  it('leaves no entry of its being read', async () => {
    const before = await auditRows(service).count();
    await list();
    expect(await auditRows(service).count()).toBe(before);
  });
});
