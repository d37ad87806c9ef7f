import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { type Answer, signIn } from '../support/http.js';
import { PASSWORD, somebody } from '../support/people.js';
import { auditLog, openSession } from '../support/refresh.js';
import { machineToken } from '../support/tokens.js';
import { UserRoutes } from '../support/user-routes.js';

const SCOPE = 'users:read users:write';
const ADDRESS = '192.0.2.7';
const FROM = { 'x-forwarded-for': ADDRESS };

describe('what is written down of the administration of accounts', () => {
  let service: TestApp;
  let users: UserRoutes;
  let machine: UserRoutes;
  let machineId: string;
  let user: User;

  /** What a deed adds: each row with who did it, from where, and in which request. */
  async function rowsOf(deed: () => Promise<Answer>, actor?: string) {
    const before = await auditLog(service);
    const answer = await deed();
    const rows = (await auditLog(service)).slice(before.length);
    for (const row of rows) {
      expect(row).toMatchObject({
        actor: actor ?? `user:${service.people.johndoe.id}`,
        ip: ADDRESS,
        requestId: answer.headers.get('x-request-id'),
      });
    }
    return rows.map(({ event, result, reason, subject, userId }) => {
      expect([`user:${userId}`, `client:${machineId}`]).toContain(subject);
      return [event, result, reason, userId];
    });
  }

  beforeAll(async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
    const token = await signIn(service.url, 'johndoe', 'secret', SCOPE);
    users = new UserRoutes(service, token, FROM);
    const client = await addClient(service, { scopes: ['users:read', 'users:write'] });
    machineId = client.id;
    machine = new UserRoutes(service, await machineToken(service.url, client), FROM);
  });
  beforeEach(async () => {
    user = await somebody(service);
  });
  afterAll(() => service.close());

  it('is one row for an invitation', async () => {
    const rows = await rowsOf(() => users.invite());
    expect(rows).toEqual([['user.created', 'success', 'invitation', expect.any(String)]]);
  });

  it('is one row for a role, with the old one and the new one', async () => {
    const to = (role: string) => rowsOf(() => users.change(user.id, { role }));
    expect(await to('admin')).toEqual([['user.role_changed', 'success', 'user_to_admin', user.id]]);
    expect(await to('user')).toEqual([['user.role_changed', 'success', 'admin_to_user', user.id]]);
  });

  it('is one row for a disabling and one for the sessions it ends, and one for an enabling', async () => {
    await openSession(service, { username: user.username, password: PASSWORD });
    expect(await rowsOf(() => users.change(user.id, { disabled: true }))).toEqual([
      ['user.disabled', 'success', null, user.id],
      ['sessions.ended', 'success', 'user_disabled', user.id],
    ]);
    expect(await rowsOf(() => users.change(user.id, { disabled: false }))).toEqual([
      ['user.enabled', 'success', null, user.id],
    ]);
  });

  it('is a row for each thing that one request changes, and none for what was so already', async () => {
    const changes = { disabled: false, role: 'admin', full_name: 'Ad Min' };
    expect(await rowsOf(() => users.change(user.id, changes))).toEqual([
      ['user.role_changed', 'success', 'user_to_admin', user.id],
      ['user.changed', 'success', 'full_name', user.id],
    ]);
    expect(await rowsOf(() => users.change(user.id, changes))).toEqual([]);
  });

  it('is one row for a mailed link, and one for a deletion', async () => {
    expect(await rowsOf(() => users.mailLink(user.id))).toEqual([
      ['user.reset_mailed', 'success', 'password_reset', user.id],
    ]);
    expect(await rowsOf(() => users.delete(user.id))).toEqual([
      ['user.deleted', 'success', null, user.id],
    ]);
    const { id } = (await users.invite()).body as User;
    expect(await rowsOf(() => users.mailLink(id))).toEqual([
      ['user.reset_mailed', 'success', 'invitation', id],
    ]);
  });

  it('names a machine that did it', async () => {
    const deed = () => machine.change(user.id, { full_name: 'Made' });
    expect(await rowsOf(deed, `client:${machineId}`)).toEqual([
      ['user.changed', 'success', 'full_name', user.id],
    ]);
  });

  it('is one row, refused, for the last administrator, by whichever way', async () => {
    const { id } = service.people.johndoe;
    const refused = (event: string) => [[event, 'refused', 'last_administrator', id]];
    const deed = (changes: object) => rowsOf(() => users.change(id, changes));
    await users.change(user.id, { role: 'user' });
    for (const { id: other, role } of (await users.list('?limit=100')).body.items as User[]) {
      if (role === 'admin' && other !== id) await users.change(other, { role: 'user' });
    }
    expect(await deed({ disabled: true })).toEqual(refused('user.disabled'));
    expect(await deed({ role: 'user' })).toEqual(refused('user.role_changed'));
    expect(await deed({ role: 'user', disabled: false })).toEqual(refused('user.role_changed'));
    expect(await deed({ role: 'user', disabled: true })).toEqual(refused('user.disabled'));
    expect(await rowsOf(() => users.delete(id))).toEqual(refused('user.deleted'));
  });

  it('is one row, refused, for what a machine reaches out for', async () => {
    const actor = `client:${machineId}`;
    const { id } = service.people.johndoe;
    const refused = (event: string, whom: string | null) => [
      [event, 'refused', 'beyond_reach', whom],
    ];
    const deed = (one: () => Promise<Answer>) => rowsOf(one, actor);
    expect(await deed(() => machine.invite({ role: 'admin' }))).toEqual(
      refused('user.created', null),
    );
    expect(await deed(() => machine.change(user.id, { role: 'admin' }))).toEqual(
      refused('user.role_changed', user.id),
    );
    expect(await deed(() => machine.change(id, { full_name: 'x' }))).toEqual(
      refused('user.changed', id),
    );
    expect(await deed(() => machine.mailLink(id))).toEqual(refused('user.reset_mailed', id));
    expect(await deed(() => machine.delete(id))).toEqual(refused('user.deleted', id));
    await users.change(user.id, { disabled: true });
    expect(await deed(() => machine.change(user.id, { disabled: false }))).toEqual(
      refused('user.enabled', user.id),
    );
  });

  it('is nothing for what does not fit, is not there or only reads', async () => {
    const gone = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';
    const deeds = [
      () => users.list(),
      () => users.read(user.id),
      () => users.change(user.id, { role: 'root' }),
      () => users.change(gone, { role: 'admin' }),
      () => users.mailLink(gone),
      () => users.delete(gone),
      () => users.invite({ username: 'alice' }),
    ];
    for (const deed of deeds) expect(await rowsOf(deed)).toEqual([]);
  });

  it('holds no name, no address and no token of anybody', async () => {
    await users.invite({ username: 'canary', email: 'canary@example.com', full_name: 'Ca Nary' });
    await users.change(user.id, { full_name: 'Ca Nary' });
    await service.mails();
    const log = JSON.stringify(await auditLog(service));
    for (const text of ['canary', 'Nary', user.username, 'johndoe', 'hp_', 'eyJ']) {
      expect(log).not.toContain(text);
    }
  });
});
