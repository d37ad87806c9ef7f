import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import type { Answer } from '../support/http.js';
import { PASSWORD, somebody } from '../support/people.js';
import { openSession, statusOf } from '../support/refresh.js';
import { machineToken } from '../support/tokens.js';
import { UserRoutes } from '../support/user-routes.js';

type Way = (routes: UserRoutes, id: string) => Promise<Answer>;

const WAYS: readonly (readonly [what: string, way: Way])[] = [
  ['disabled', (routes, id) => routes.change(id, { disabled: true })],
  ['demoted', (routes, id) => routes.change(id, { role: 'user' })],
  ['deleted', (routes, id) => routes.delete(id)],
];
const PAIRS = WAYS.flatMap(([one, first], index) =>
  WAYS.slice(index).map(([other, second]) => [one, other, first, second] as const),
);
const ROUNDS = 5;

describe('at the same moment', () => {
  let service: TestApp;
  let rows: Repository<User>;

  const administrator = async () => {
    const user = await somebody(service, { role: 'admin' });
    const credentials = { username: user.username, password: PASSWORD };
    const { access } = await openSession(service, { ...credentials, scope: 'users:write' });
    return { user, routes: new UserRoutes(service, access) };
  };
  const machine = async () => {
    const client = await addClient(service, { scopes: ['users:write'] });
    return new UserRoutes(service, await machineToken(service.url, client));
  };
  /** Between the look at an account and the write, somebody else makes it an administrator's. */
  const promoteBefore = (method: 'change' | 'delete', id: string) => {
    const users = service.app.get(UsersService);
    const write = users[method].bind(users) as (...args: unknown[]) => Promise<boolean>;
    vi.spyOn(users, method).mockImplementationOnce(async (...args: unknown[]) => {
      await rows.update({ id }, { role: 'admin' });
      return write(...args);
    });
  };

  beforeAll(async () => {
    service = await startApp();
    rows = service.app.get(getRepositoryToken(User));
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => service.close());

  it.each(PAIRS)('the last two are not %s and %s by themselves', async (_a, _b, first, second) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await rows.update({ role: 'admin' }, { role: 'user' });
      const [one, other] = [await administrator(), await administrator()];
      const answers = await Promise.all([
        first(one.routes, one.user.id),
        second(other.routes, other.user.id),
      ]);
      const refused = answers.filter(({ status }) => status === 409);
      expect(refused).toHaveLength(1);
      expect(refused[0]?.body.detail).toMatch(/^The last active administrator/);
      expect(await rows.countBy({ role: 'admin', disabled: false })).toBe(1);
    }
  });

  it.each(PAIRS)('the last two are not %s and %s by each other', async (_a, _b, first, second) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await rows.update({ role: 'admin' }, { role: 'user' });
      const [one, other] = [await administrator(), await administrator()];
      const answers = await Promise.all([
        first(one.routes, other.user.id),
        second(other.routes, one.user.id),
      ]);
      const done = answers.filter(({ status }) => status < 300);
      expect(done).toHaveLength(1);
      expect(await rows.countBy({ role: 'admin', disabled: false })).toBe(1);
    }
  });

  it.each([
    ['disables', 'change', WAYS[0]?.[1] as Way],
    ['deletes', 'delete', WAYS[2]?.[1] as Way],
  ] as const)('a machine %s nobody who is just made an administrator', async (_w, method, way) => {
    const { id } = await somebody(service);
    const routes = await machine();
    promoteBefore(method, id);
    expect(await way(routes, id)).toMatchObject({
      status: 403,
      body: { detail: 'A machine may not manage an administrator' },
    });
    expect(await rows.findOneByOrFail({ id })).toMatchObject({ role: 'admin', disabled: false });
  });

  it('a machine enables nobody whom somebody else has just disabled', async () => {
    const { id } = await somebody(service);
    const routes = await machine();
    const users = service.app.get(UsersService);
    const write = users.change.bind(users);
    vi.spyOn(users, 'change').mockImplementationOnce(async (...args) => {
      await rows.update({ id }, { disabled: true });
      return write(...args);
    });
    const answer = await routes.change(id, { full_name: 'x', disabled: false });
    expect(answer.status).toBe(403);
    expect(await rows.findOneByOrFail({ id })).toMatchObject({ disabled: true, fullName: null });
  });

  it('twenty changes of one account are each made whole, one after another', async () => {
    await rows.update({ id: service.people.johndoe.id }, { role: 'admin', disabled: false });
    const { routes } = await administrator();
    const { id } = await somebody(service);
    const changes = Array.from({ length: 20 }, (_, index) => ({
      full_name: `Name ${index}`,
      role: index % 2 === 0 ? 'admin' : 'user',
    }));
    const answers = await Promise.all(changes.map((change) => routes.change(id, change)));
    for (const [index, { status, body }] of answers.entries()) {
      expect(status).toBe(200);
      expect(body).toMatchObject(changes[index] as object);
    }
    const { fullName, role } = await rows.findOneByOrFail({ id });
    expect(changes).toContainEqual({ full_name: fullName, role });
  });

  it('a sign-in in flight does not outlive a disabling', async () => {
    const { routes } = await administrator();
    for (let round = 0; round < ROUNDS; round += 1) {
      const user = await somebody(service);
      const credentials = { username: user.username, password: PASSWORD };
      const signIns = Array.from({ length: 5 }, () =>
        openSession(service, credentials).catch(() => undefined),
      );
      const [disabled, ...pairs] = await Promise.all([
        routes.change(user.id, { disabled: true }),
        ...signIns,
      ]);
      expect(disabled.status).toBe(200);
      for (const pair of pairs) {
        if (pair) expect(await statusOf(service, pair.access)).toBe(401);
      }
    }
  });
});
