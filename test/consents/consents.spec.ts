import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientRegistry } from '../../src/clients/client-registry.js';
import { Consent } from '../../src/consents/consent.entity.js';
import { Consents } from '../../src/consents/consents.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { Sessions } from '../../src/sessions/sessions.js';
import type { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { somebody } from '../support/people.js';
import { deedsAbout, sessionRows } from '../support/refresh.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from '../races/support/rounds.js';

const ORIGIN = { ip: '203.0.113.7', userAgent: undefined, requestId: newId() };

describe('Consents', () => {
  let service: TestApp;
  let consents: Consents;
  let rows: Repository<Consent>;
  let user: User;
  let stranger: User;
  let client: { id: string };
  let other: { id: string };

  const by = () => ({ actor: `user:${user.id}`, origin: ORIGIN }) as const;
  const give = (...scope: string[]) => consents.give(user.id, client, scope, by());
  const covers = (...scope: string[]) => consents.covers(user.id, client.id, scope);
  const exists = () => consents.exists(user.id, client.id);
  const withdraw = () => consents.withdraw(user.id, client.id, by());
  const open = (of: User, at: { id: string }) =>
    service.app.get(Sessions).open({
      user: of,
      client: { id: at.id, epoch: 0 },
      scope: ['openid'],
      origin: ORIGIN,
    });
  const reasonOf = async ({ id }: { id: string }) =>
    (await sessionRows(service).findOneByOrFail({ id })).revokedReason;

  beforeAll(async () => {
    service = await startApp();
    service.clock.stop();
    consents = service.app.get(Consents);
    rows = service.app.get(getRepositoryToken(Consent));
  });
  beforeEach(async () => {
    [user, stranger] = [await somebody(service), await somebody(service)];
    [client, other] = [await addClient(service), await addClient(service)];
  });
  afterAll(() => service.close());

  it('cover nothing before they are given, and then what was given', async () => {
    expect(await exists()).toBe(false);
    expect(await covers('openid')).toBe(false);
    await give('openid', 'tasks:read');
    expect(await exists()).toBe(true);
    expect(await covers('openid')).toBe(true);
    expect(await covers('tasks:read', 'openid')).toBe(true);
    expect(await covers('openid', 'tasks:write')).toBe(false);
    expect(await covers('tasks')).toBe(false);
  });

  it('are one person’s for one application', async () => {
    await give('openid');
    expect(await consents.covers(stranger.id, client.id, ['openid'])).toBe(false);
    expect(await consents.exists(stranger.id, client.id)).toBe(false);
    expect(await consents.covers(user.id, other.id, ['openid'])).toBe(false);
    expect(await consents.exists(user.id, other.id)).toBe(false);
  });

  it('add up, and know when they were given first and last', async () => {
    await give('openid', 'email');
    const createdAt = service.clock.now();
    service.clock.forward({ seconds: 60 });
    await give('tasks:read', 'openid');
    expect(await rows.findOneByOrFail({ userId: user.id })).toMatchObject({
      scope: 'openid email tasks:read',
      createdAt,
      updatedAt: createdAt + 60,
    });
  });

  it('are written down, with who gave and who withdrew them', async () => {
    await give('openid');
    await withdraw();
    const about = { subject: `client:${client.id}`, actor: `user:${user.id}`, ip: ORIGIN.ip };
    expect(await deedsAbout(service, user)).toMatchObject([
      { event: 'consent.given', ...about },
      { event: 'consent.withdrawn', ...about },
    ]);
  });

  it('end what came of them when they are withdrawn, and nothing else', async () => {
    const own = [await open(user, client), await open(user, client)];
    const others = [await open(user, other), await open(stranger, client)];
    await give('openid');
    await consents.give(stranger.id, client, ['openid'], by());
    expect(await withdraw()).toBe(true);
    expect(await exists()).toBe(false);
    for (const session of own) expect(await reasonOf(session)).toBe('consent_withdrawn');
    for (const session of others) expect(await reasonOf(session)).toBeNull();
    expect(await consents.exists(stranger.id, client.id)).toBe(true);
    const events = (await deedsAbout(service, user)).map(({ event, reason }) => [event, reason]);
    expect(events).toEqual([
      ['consent.given', null],
      ['sessions.ended', 'consent_withdrawn'],
      ['consent.withdrawn', null],
    ]);
  });

  it('that are not there end nothing: one’s own applications need none', async () => {
    const session = await open(user, client);
    expect(await withdraw()).toBe(false);
    expect(await reasonOf(session)).toBeNull();
    expect(await deedsAbout(service, user)).toEqual([]);
  });

  it('are not covered by what was given before they were withdrawn', async () => {
    await give('openid', 'tasks:write');
    await withdraw();
    await give('openid');
    expect(await covers('tasks:write')).toBe(false);
  });

  it('go with the application and with the account', async () => {
    await give('openid');
    await consents.give(user.id, other, ['openid'], by());
    await service.app.get(ClientRegistry).delete(client.id, () => undefined, OPERATOR);
    expect((await rows.findBy({ userId: user.id })).map(({ clientId }) => clientId)).toEqual([
      other.id,
    ]);
    await service.app.get(UsersService).delete({ id: user.id });
    expect(await rows.findBy({ userId: user.id })).toEqual([]);
  });

  it(`lose nothing of ${AT_ONCE} that are given at once`, { timeout: 60_000 }, async () => {
    const scopes = Array.from({ length: AT_ONCE }, (_none, index) => `part:${index}`);
    await Promise.all(scopes.map((scope) => give(scope)));
    expect(await covers(...scopes)).toBe(true);
    const { scope } = await rows.findOneByOrFail({ userId: user.id });
    expect(scope.split(' ').toSorted()).toEqual(scopes.toSorted());
    expect(await deedsAbout(service, user)).toHaveLength(AT_ONCE);
  });

  it(
    'that are given beside a withdrawal are there whole, or not at all',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async () => {
        await give('openid', 'tasks:write');
        const session = await open(user, client);
        const gives = ['tasks:read', 'email', 'profile'].map((scope) => () => give(scope));
        const withdrawals: boolean[] = [];
        const end = async () => void withdrawals.push(await withdraw());
        await Promise.all([...gives.slice(0, 1), end, end, ...gives.slice(1)].map((act) => act()));
        expect(withdrawals).toContain(true); // two may be: one of what was given in between
        expect(await covers('tasks:write')).toBe(false);
        expect(await reasonOf(session)).toBe('consent_withdrawn');
        await withdraw();
        expect(await exists()).toBe(false);
      });
    },
  );
});
