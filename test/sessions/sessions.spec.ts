import { getRepositoryToken } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_CLIENT } from '../../src/clients/clients.js';
import { Session } from '../../src/sessions/session.entity.js';
import { Sessions } from '../../src/sessions/sessions.js';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';

describe('Sessions', () => {
  let service: TestApp;
  let sessions: Sessions;
  let rows: Repository<Session>;

  beforeAll(async () => {
    service = await startApp();
    sessions = service.app.get(Sessions);
    rows = service.app.get(getRepositoryToken(Session));
  });
  afterAll(() => service.close());

  function open(user: User, userAgent?: string, clientId = BUILT_IN_CLIENT.id): Promise<Session> {
    return sessions.open({
      userId: user.id,
      authEpoch: user.authEpoch,
      clientId,
      scope: ['tasks:read', 'profile'],
      origin: { ip: '2001:db8::1', userAgent },
    });
  }

  it('keeps what D2 asks for: user, client, scope, epoch, generation, where and until when', async () => {
    const opened = await open(service.people.alice, 'Firefox');
    const row = await rows.findOneByOrFail({ id: opened.id });
    const now = service.clock.now();
    expect(row).toMatchObject({
      userId: service.people.alice.id,
      clientId: 'hallpass',
      scope: 'tasks:read profile',
      authEpoch: 0,
      generation: 0,
      ip: '2001:db8::1',
      userAgent: 'Firefox',
      revokedAt: null,
    });
    expect(row.expiresAt - row.createdAt).toBe(service.settings.REFRESH_TOKEN_TTL_SECONDS);
    expect(Math.abs(row.createdAt - now)).toBeLessThanOrEqual(1);
  });

  it('keeps any User-Agent in a form that both databases take', async () => {
    const opened = await open(service.people.alice, `a\0b\ud800${'é😀'.repeat(600)}`);
    const { userAgent } = await rows.findOneByOrFail({ id: opened.id });
    expect(userAgent?.startsWith('ab\ufffdé😀')).toBe(true);
    expect([...(userAgent ?? '')]).toHaveLength(512);
  });

  it('ends the oldest when a user has more than 100 live ones with a client', async () => {
    const user = service.people.johndoe;
    const first = await open(user);
    const second = await open(user);
    for (let i = 0; i < 99; i += 1) await open(user);
    const ended = await rows.findOneByOrFail({ id: first.id });
    expect(ended.revokedReason).toBe('too_many_sessions');
    expect((await rows.findOneByOrFail({ id: second.id })).revokedAt).toBeNull();
    expect(await rows.countBy({ userId: user.id, revokedAt: IsNull() })).toBe(100);
  });

  it('ends once: a second end changes neither when nor why', async () => {
    const { id } = await open(service.people.alice);
    await sessions.end(id, 'signed_out');
    const before = await rows.findOneByOrFail({ id });
    service.clock.forward({ seconds: 60 });
    await sessions.end(id, 'something_else');
    expect(await rows.findOneByOrFail({ id })).toEqual(before);
    expect(before.revokedReason).toBe('signed_out');
  });
});
