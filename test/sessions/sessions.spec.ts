import { getRepositoryToken } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { Session } from '../../src/sessions/session.entity.js';
import { Sessions } from '../../src/sessions/sessions.js';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { somebody } from '../support/people.js';
import { auditLog } from '../support/refresh.js';

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

  function open(
    user: User,
    userAgent?: string,
    clientId = 'hallpass',
    id = newId(),
  ): Promise<Session> {
    return sessions.open({
      id,
      user,
      client: { id: clientId, epoch: 0 },
      scope: ['tasks:read', 'profile'],
      origin: { ip: '2001:db8::1', userAgent, requestId: newId() },
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
    const [entry, ...more] = await auditLog(service, first.id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      actor: 'system',
      reason: 'too_many_sessions',
      ip: '2001:db8::1',
    });
    expect((await rows.findOneByOrFail({ id: second.id })).revokedAt).toBeNull();
    expect(await rows.countBy({ userId: user.id, revokedAt: IsNull() })).toBe(100);
  });

  it('ends the oldest by when they were opened, though the id of a code’s is made before', async () => {
    const user = await somebody(service);
    const ids = Array.from({ length: 101 }, () => newId()).toReversed();
    for (const id of ids) {
      await open(user, undefined, 'hallpass', id);
      service.clock.forward({ seconds: 1 });
    }
    const ended = await rows.findBy({ userId: user.id, revokedReason: 'too_many_sessions' });
    expect(ended.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });

  it('ends once: a second end changes neither when nor why', async () => {
    const session = await open(service.people.alice);
    const { id } = session;
    expect(await sessions.end(session, 'signed_out', SYSTEM)).toBe(true);
    const before = await rows.findOneByOrFail({ id });
    service.clock.forward({ seconds: 60 });
    expect(await sessions.end(session, 'ended_by_operator', SYSTEM)).toBe(false);
    expect(await rows.findOneByOrFail({ id })).toEqual(before);
    expect(before.revokedReason).toBe('signed_out');
  });
});
