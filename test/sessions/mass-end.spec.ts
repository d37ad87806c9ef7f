import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/clients/client.entity.js';
import { ClientEpochs } from '../../src/clients/client-epochs.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { MassEnd, type MassEndReason, type Whose } from '../../src/sessions/mass-end.js';
import type { Session } from '../../src/sessions/session.entity.js';
import { Sessions } from '../../src/sessions/sessions.js';
import type { User } from '../../src/users/user.entity.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient, deleteClient } from '../support/clients.js';
import { auditLog, sessionRows } from '../support/refresh.js';

const ORIGIN = { ip: '127.0.0.1', userAgent: undefined, requestId: newId() };

describe('MassEnd', () => {
  let service: TestApp;
  let users: UsersService;
  let user: User;
  let people = 0;

  beforeAll(async () => {
    service = await startApp();
    users = service.app.get(UsersService);
  });
  beforeEach(async () => {
    user = await users.create({ username: `person${(people += 1)}`, password: 'password' });
  });
  afterAll(() => service.close());

  function open(
    of: Pick<User, 'id' | 'authEpoch'> = user,
    client: Pick<Client, 'id' | 'epoch'> = { id: 'hallpass', epoch: 0 },
  ): Promise<Session> {
    return service.app.get(Sessions).open({ user: of, client, scope: [], origin: ORIGIN });
  }
  const explain = (whose: Whose, reason: MassEndReason) =>
    service.app.get(MassEnd).explain(whose, reason, OPERATOR);
  const rowOf = ({ id }: Session) => sessionRows(service).findOneByOrFail({ id });
  const reasonOf = async (session: Session) => (await rowOf(session)).revokedReason;

  it('writes why and when into what the epoch of a user ended', async () => {
    const ended = [await open(), await open()];
    await service.app.get(Passwords).set(user.id, 'another');
    await explain({ userId: user.id }, 'password_changed');
    for (const session of ended) {
      const { revokedReason, revokedAt } = await rowOf(session);
      expect(revokedReason).toBe('password_changed');
      expect(Math.abs((revokedAt ?? 0) - service.clock.now())).toBeLessThanOrEqual(1);
    }
  });

  it('leaves alone what was opened with the new epoch', async () => {
    const before = await open();
    await users.endSessions(user.id);
    const since = await open({ ...user, authEpoch: 1 });
    const untouched = await rowOf(since);
    await explain({ userId: user.id }, 'ended_by_operator');
    expect(await reasonOf(before)).toBe('ended_by_operator');
    expect(await rowOf(since)).toEqual(untouched);
  });

  it('reaches a sign-in that was in flight, which has the old epoch', async () => {
    await users.endSessions(user.id);
    const late = await open();
    await explain({ userId: user.id }, 'ended_by_operator');
    expect(await reasonOf(late)).toBe('ended_by_operator');
  });

  it('leaves alone what had been ended before, and why', async () => {
    const session = await open();
    await service.app.get(Sessions).end(session, 'signed_out', OPERATOR);
    const before = await rowOf(session);
    await users.change({ id: user.id }, { disabled: true });
    await explain({ userId: user.id }, 'user_disabled');
    expect(await rowOf(session)).toEqual(before);
  });

  it('ends nothing that no epoch has ended', async () => {
    const session = await open();
    await explain({ userId: user.id }, 'ended_by_operator');
    await explain({ clientId: 'hallpass' }, 'client_disabled');
    await explain('everyone', 'ended_by_operator');
    expect(await rowOf(session)).toMatchObject({ revokedAt: null, revokedReason: null });
  });

  it('speaks of no other user', async () => {
    const session = await open();
    await users.endSessions(user.id);
    await explain({ userId: service.people.alice.id }, 'password_changed');
    expect(await reasonOf(session)).toBeNull();
  });

  it('speaks of the sessions of a client whose epoch went up, and of no other client', async () => {
    const client = { ...(await addClient(service)), epoch: 0 };
    const other = { ...(await addClient(service)), epoch: 0 };
    const ended = await open(user, client);
    const elsewhere = await open(user, other);
    await changeClient(service, client.id, { epoch: 1 });
    await changeClient(service, other.id, { epoch: 1 });
    const since = await open(user, { ...client, epoch: 1 });
    await explain({ clientId: client.id }, 'client_secrets_withdrawn');
    expect(await reasonOf(ended)).toBe('client_secrets_withdrawn');
    expect(await reasonOf(since)).toBeNull();
    expect(await reasonOf(elsewhere)).toBeNull();
  });

  it('speaks of the sessions of a client that was deleted', async () => {
    const client = { ...(await addClient(service)), epoch: 0 };
    const ended = await open(user, client);
    await deleteClient(service, client.id);
    await explain({ clientId: client.id }, 'client_deleted');
    expect(await reasonOf(ended)).toBe('client_deleted');
  });

  it('speaks of everyone’s, of people and clients alike', async () => {
    const client = { ...(await addClient(service)), epoch: 0 };
    const ended = [await open(), await open(user, client), await open(service.people.alice)];
    await users.endAllSessions();
    await service.app.get(ClientEpochs).endAll();
    await explain('everyone', 'ended_by_operator');
    for (const session of ended) expect(await reasonOf(session)).toBe('ended_by_operator');
  });

  it('speaks of more than one statement writes', async () => {
    const template = await open();
    for (let i = 0; i < 10; i += 1) {
      const rows = Array.from({ length: 100 }, () => ({ ...template, id: newId() }));
      await sessionRows(service).insert(rows);
    }
    await users.endSessions(user.id);
    await explain({ userId: user.id }, 'ended_by_operator');
    const explained = { userId: user.id, revokedReason: 'ended_by_operator' };
    expect(await sessionRows(service).countBy(explained)).toBe(1001);
  });

  it.each<[string, (id: string) => Whose, (id: string) => object]>([
    ['a user', (id) => ({ userId: id }), (id) => ({ subject: `user:${id}`, userId: id })],
    ['a client', (id) => ({ clientId: id }), (id) => ({ subject: `client:${id}`, userId: null })],
    ['everyone', () => 'everyone', () => ({ subject: 'everyone', userId: null })],
  ])('writes one line for all sessions of %s', async (_what, whose, line) => {
    await open();
    await open();
    await users.endSessions(user.id);
    const before = await auditLog(service);
    await explain(whose(user.id), 'ended_by_operator');
    const [entry, ...more] = (await auditLog(service)).slice(before.length);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      event: 'sessions.ended',
      result: 'success',
      reason: 'ended_by_operator',
      actor: 'operator',
      ip: null,
      requestId: null,
      ...line(user.id),
    });
  });
});
