import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SYSTEM } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { LiveSessions } from '../../src/sessions/live-sessions.js';
import type { Session } from '../../src/sessions/session.entity.js';
import { Sessions } from '../../src/sessions/sessions.js';
import type { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient, deleteClient } from '../support/clients.js';
import { sessionRows } from '../support/refresh.js';

const ORIGIN = { ip: '127.0.0.1', userAgent: undefined, requestId: newId() };

describe('LiveSessions', () => {
  let service: TestApp;
  let alice: User;
  let johndoe: User;

  const open = (user: User, clientId = 'hallpass') =>
    service.app
      .get(Sessions)
      .open({ user, client: { id: clientId, epoch: 0 }, scope: [], origin: ORIGIN });

  async function idsOf(whose?: { userId: string }): Promise<string[]> {
    const found: Session[] = [];
    for await (const session of service.app.get(LiveSessions).each(whose)) found.push(session);
    return found.map(({ id }) => id);
  }

  beforeAll(async () => {
    service = await startApp();
    ({ alice, johndoe } = service.people);
  });
  afterAll(() => service.close());

  it('lists what lives by the one rule, of everyone or of one, the newest first', async () => {
    const disabled = await addClient(service);
    const deleted = await addClient(service);
    const first = await open(alice);
    const second = await open(johndoe);
    await service.app.get(Sessions).end(await open(alice), 'signed_out', SYSTEM);
    const expired = await open(alice);
    await sessionRows(service).update({ id: expired.id }, { expiresAt: service.clock.now() });
    await open(alice, disabled.id);
    await changeClient(service, disabled.id, { disabled: true });
    await open(alice, deleted.id);
    await deleteClient(service, deleted.id);
    const person = await service.app
      .get(UsersService)
      .create({ username: 'person', password: 'password' });
    await open(person);
    await service.app.get(UsersService).endSessions(person.id);
    const third = await open(alice);

    expect(await idsOf()).toEqual([third.id, second.id, first.id]);
    expect(await idsOf({ userId: alice.id })).toEqual([third.id, first.id]);
    expect(await idsOf({ userId: person.id })).toEqual([]);
  });

  it('reads in batches, and misses nothing where one ends', async () => {
    const { id: userId } = await service.app
      .get(UsersService)
      .create({ username: 'many', password: 'password' });
    const template = await open(alice);
    const ids = Array.from({ length: 2001 }, () => newId());
    for (let i = 0; i < ids.length; i += 100) {
      const rows = ids.slice(i, i + 100).map((id) => ({ ...template, id, userId, authEpoch: 0 }));
      await sessionRows(service).insert(rows);
    }
    const reads = vi.spyOn(sessionRows(service), 'find');
    expect((await idsOf({ userId })).join()).toBe(ids.toReversed().join());
    expect(reads).toHaveBeenCalledTimes(3);
  });
});
