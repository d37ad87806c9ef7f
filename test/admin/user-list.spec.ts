import { getDataSourceToken, getRepositoryToken } from '@nestjs/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/platform/ids.js';
import { User } from '../../src/users/user.entity.js';
import { usernameKey } from '../../src/users/username.js';
import { startApp, type TestApp } from '../support/app.js';
import { onPostgres } from '../support/database.js';
import { signIn } from '../support/http.js';
import { UserRoutes } from '../support/user-routes.js';

type Person = Partial<Pick<User, 'email' | 'fullName' | 'role' | 'disabled'>>;

/** Beside the tutorial's people. */
const ODD: Readonly<Record<string, Person>> = {
  '100%sure': {},
  '100xsure': {},
  under_score: {},
  underxscore: {},
  'back\\slash': {},
  'star*': {},
  'question?': {},
  '[bracket]': {},
  'caret^dash-': {},
  'a.b+c(d)|e{f}$': {},
  Zoë: { fullName: 'Zoë Ångström' },
  ΣΊΣΥΦΟΣ: {},
  erika: { email: 'Erika.Mustermann@Example.ORG', fullName: 'Erika Mustermann' },
  ivan: { fullName: 'Иван Петров' },
  li: { fullName: '李小龍' },
};
const MANY = 250;

describe('GET /users', () => {
  let service: TestApp;
  let users: UserRoutes;
  let names: Map<string, string>;

  const add = async (people: Readonly<Record<string, Person>>) => {
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    const made = Object.entries(people).map(([username, person]) => ({
      id: newId(),
      username,
      usernameKey: usernameKey(username),
      email: null,
      verifiedEmailKey: null,
      pendingEmail: null,
      fullName: null,
      role: 'user' as const,
      disabled: false,
      passwordHash: '!',
      authEpoch: 0,
      createdAt: service.clock.now(),
      updatedAt: service.clock.now(),
      ...person,
    }));
    await rows.insert(made);
    return made.map(({ id }) => id);
  };
  const found = async (text: string) => {
    const ids = await users.idsOf(`search=${encodeURIComponent(text)}`);
    return ids.map((id) => names.get(id)).toSorted();
  };

  beforeAll(async () => {
    service = await startApp();
    users = new UserRoutes(service, await signIn(service.url, 'johndoe', 'secret', 'users:read'));
    await add(ODD);
    await add(
      Object.fromEntries(
        Array.from({ length: MANY }, (_, index) => [
          `crowd-${index}`,
          { role: index % 10 === 0 ? 'admin' : 'user', disabled: index % 25 === 0 } as const,
        ]),
      ),
    );
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    names = new Map((await rows.find()).map(({ id, username }) => [id, username]));
  });
  afterAll(() => service.close());

  it('answers with a page of 20 and the way to the next', async () => {
    const { status, body } = await users.list();
    expect(status).toBe(200);
    expect(body.items).toHaveLength(20);
    expect(body.next).toEqual(expect.any(String));
  });

  it.each([1, 7, 20, 99, 100])(
    'shows each account once, in the order in which they were made, in pages of %i',
    async (limit) => {
      const ids = await users.idsOf(`limit=${limit}`);
      expect(ids).toEqual([...names.keys()].toSorted());
    },
  );

  it('skips nobody and shows nobody twice while accounts come and go', async () => {
    const first = (await users.list('?limit=100&search=crowd-')).body;
    const seen = (first.items as { id: string; username: string }[]).map(({ id }) => id);
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    const [late] = await add({ 'crowd-late': {} });
    await rows.delete({ id: seen[5] as string }); // before the cursor
    await rows.delete({ id: seen.at(-1) as string }); // the very row of the cursor
    const rest: string[] = [];
    for (let cursor = first.next as string | null; cursor !== null;) {
      const { body } = await users.list(`?limit=100&search=crowd-&cursor=${cursor}`);
      rest.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = body.next as string | null;
    }
    expect([...seen, ...rest]).toHaveLength(MANY + 1);
    expect(new Set([...seen, ...rest]).size).toBe(MANY + 1);
    expect(rest.at(-1)).toBe(late);
  });

  it.each([
    ['part of a username', 'ohndo', ['johndoe']],
    ['in other case', 'JOHNDOE', ['johndoe']],
    ['part of an address, in other case', 'mustermann@example', ['erika']],
    ['part of a full name', 'ka must', ['erika']],
    ['a percent sign as such', '0%', ['100%sure']],
    ['an underscore as such', 'r_s', ['under_score']],
    ['a backslash as such', '\\', ['back\\slash']],
    ['a backslash and a letter', 'k\\S', ['back\\slash']],
    ['a star as such', '*', ['star*']],
    ['a question mark as such', '?', ['question?']],
    ['brackets as such', '[BRACKET]', ['[bracket]']],
    ['a class of characters as no class', '[abc]', []],
    ['an opening bracket', '[', ['[bracket]']],
    ['a closing bracket', ']', ['[bracket]']],
    ['a caret and a dash', 'T^D', ['caret^dash-']],
    ['an expression as such', 'A.B+C(D)|E{F}$', ['a.b+c(d)|e{f}$']],
    ['any character as no character', '.*', []],
    ['a choice as no choice', 'johndoe|alice', []],
    ['a class of an expression as such', '\\w', []],
    ['a letter with dots, in other case', 'ZOË', ['Zoë']],
    ['the same letter as two characters', 'ZOE\u0308', ['Zoë']],
    ['a letter with a ring, in other case', 'ångSTRÖM', ['Zoë']],
    ['Greek, in other case', 'σίσυφο', ['ΣΊΣΥΦΟΣ']],
    ['Cyrillic, in other case', 'ПЕТРОВ', ['ivan']],
    ['a script without case', '小龍', ['li']],
    ['no one', 'nobody at all', []],
    ['no one, with a quote', "'; --", []],
    ['a text of another column’s end and begin', 'erika Erika', []],
  ])('finds %s', async (_what, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  it('finds page by page, and with the other filters', async () => {
    const ids = await users.idsOf('search=CROWD-1&limit=9');
    const expected = [...names].filter(([, name]) => name.startsWith('crowd-1')).map(([id]) => id);
    const gone = expected.filter((id) => !ids.includes(id));
    expect(gone.length).toBeLessThanOrEqual(2); // those that another test has deleted
    expect(ids).toEqual(expected.filter((id) => !gone.includes(id)).toSorted());
  });

  it('shows one role alone, and the disabled or the others alone', async () => {
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    const count = (where: object) => rows.countBy(where);
    expect(await users.idsOf('role=admin')).toHaveLength(await count({ role: 'admin' }));
    expect(await users.idsOf('role=user')).toHaveLength(await count({ role: 'user' }));
    expect(await users.idsOf('disabled=true')).toHaveLength(await count({ disabled: true }));
    expect(await users.idsOf('disabled=false')).toHaveLength(await count({ disabled: false }));
    const both = await users.idsOf('role=admin&disabled=true&search=crowd');
    expect(both).toHaveLength(await count({ role: 'admin', disabled: true }));
  });

  it.each([
    ['search', 'search='],
    ['search', `search=${'x'.repeat(101)}`],
    ['search', 'search=a&search=b'],
    ['search', 'search=%00'],
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1e1'],
    ['cursor', 'cursor=nowhere'],
    ['role', 'role=root'],
    ['role', 'role='],
    ['disabled', 'disabled=1'],
    ['disabled', 'disabled='],
    ['sort', 'sort=role'],
    ['after', 'after=x'],
  ])('refuses %s in ?%s', async (field, query) => {
    const { status, body } = await users.list(`?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ field }]);
  });

  it('takes a text of 100 characters, whatever they are', async () => {
    for (const one of ['x', '%', '\\', '[', '*', '😀', 'ß', "'", '^', ']', '-']) {
      expect(await found(one.repeat(100)), one).toEqual([]);
    }
  });

  it('reads the rows of a page by the primary key, not the whole table', async () => {
    const database = service.app.get<DataSource>(getDataSourceToken());
    const { next } = (await users.list('?limit=5')).body;
    const log = vi.spyOn(database.logger, 'logQuery');
    await users.list(`?limit=5&cursor=${next}`);
    const lists = log.mock.calls.filter(([sql]) => /FROM "users".* ORDER BY/s.test(sql));
    log.mockRestore();
    expect(lists).toHaveLength(1);
    const [[sql, parameters]] = lists as [[string, unknown[]]];
    const plan = await database.transaction(async (manager) => {
      // what the planner would rather do with 270 rows
      for (const other of onPostgres ? ['seqscan', 'bitmapscan'] : []) {
        await manager.query(`SET LOCAL enable_${other} = off`);
      }
      const explain = onPostgres ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN';
      return JSON.stringify(await manager.query(`${explain} ${sql}`, parameters));
    });
    expect(plan).toMatch(onPostgres ? /Index Scan using pk_users/ : /SEARCH users USING .*INDEX/);
    expect(plan).not.toMatch(/sort|temp b-tree/i);
  });
});
