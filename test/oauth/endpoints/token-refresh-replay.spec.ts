import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient } from '../../support/clients.js';
import { claimsOf } from '../../support/forge.js';
import { comparable, oauthError } from '../../support/oauth.js';
import {
  auditLog,
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  sessionRows,
  statusOf,
} from '../../support/refresh.js';

const GRACE_MS = 10_000;

describe('a refresh token that comes back (RFC 9700 §4.14.2)', () => {
  let service: TestApp;
  let first: Pair;
  let second: Pair;

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    first = await openSession(service);
    second = pairOf(await refresh(service, first.refresh));
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => service.close());

  /** Stops the clock so long after the last rotation; what is negative is before it. */
  async function stopClock({ afterRotation }: { afterRotation: number }): Promise<void> {
    const { rotatedAt } = await rowOf(service, first);
    vi.spyOn(service.clock, 'milliseconds').mockReturnValue((rotatedAt ?? 0) + afterRotation);
  }

  async function expectEnded(reason: string, tokens: readonly Pair[]): Promise<void> {
    expect(await rowOf(service, first)).toMatchObject({ revokedReason: reason });
    for (const { access, refresh: token } of tokens) {
      expect(await statusOf(service, access)).toBe(401);
      expect(await refresh(service, token)).toMatchObject(INVALID_REFRESH_TOKEN);
    }
    const log = await auditLog(service, sessionIdOf(first));
    expect(log.filter(({ event }) => event === 'session.ended')).toEqual([
      expect.objectContaining({ reason, actor: 'client:hallpass' }),
    ]);
  }

  describe('within REFRESH_GRACE_SECONDS', () => {
    it('gets the same successor again, with a fresh access token', async () => {
      await stopClock({ afterRotation: GRACE_MS - 1 });
      const again = pairOf(await refresh(service, first.refresh));
      expect(again.refresh).toBe(second.refresh);
      expect(claimsOf(again.access)['jti']).not.toBe(claimsOf(second.access)['jti']);
      expect(await statusOf(service, again.access)).toBe(200);
      expect(await statusOf(service, second.access)).toBe(200);
    });

    it('writes nothing to the session, and one line of the audit log with whose it was and from where', async () => {
      const before = await rowOf(service, first);
      service.clock.forward({ seconds: 2 });
      const answer = await refresh(service, first.refresh);
      pairOf(answer);
      expect(await rowOf(service, first)).toEqual(before);
      expect(await auditLog(service, sessionIdOf(first))).toEqual([
        expect.objectContaining({
          event: 'refresh_token.repeated',
          result: 'success',
          reason: null,
          actor: 'client:hallpass',
          userId: service.people.johndoe.id,
          ip: '127.0.0.1',
          requestId: answer.headers.get('x-request-id'),
        }),
      ]);
    });

    it('may come any number of times', async () => {
      for (let time = 0; time < 5; time += 1) {
        expect(pairOf(await refresh(service, first.refresh)).refresh).toBe(second.refresh);
      }
      expect((await rowOf(service, first)).generation).toBe(1);
    });

    it('narrows as the first time', async () => {
      const narrow = await refresh(service, first.refresh, { scope: 'tasks:read' });
      expect(claimsOf(pairOf(narrow).access)['scope']).toBe('tasks:read');
    });

    it('counts a clock that went back as no time at all', async () => {
      await stopClock({ afterRotation: -60_000 });
      expect(pairOf(await refresh(service, first.refresh)).refresh).toBe(second.refresh);
    });

    it('ends the session at once when it is older than the last but one', async () => {
      const third = pairOf(await refresh(service, second.refresh));
      expect(await refresh(service, first.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
      await expectEnded('refresh_token_reuse', [first, second, third]);
    });
  });

  describe('after it', () => {
    it('ends the session: every access token at the next request, and every refresh', async () => {
      expect(await statusOf(service, second.access)).toBe(200); // and remembered
      await stopClock({ afterRotation: GRACE_MS });
      const answer = await refresh(service, first.refresh);
      expect(answer).toMatchObject(INVALID_REFRESH_TOKEN);
      await expectEnded('refresh_token_reuse', [first, second]);
      expect(comparable(answer)).toEqual(comparable(await refresh(service, 'x')));
    });

    it('counts from when the next was made, not from when it was last repeated', async () => {
      await stopClock({ afterRotation: GRACE_MS - 1 });
      pairOf(await refresh(service, first.refresh));
      await stopClock({ afterRotation: GRACE_MS });
      expect(await refresh(service, first.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
      await expectEnded('refresh_token_reuse', [first, second]);
    });

    it('leaves the other sessions of the user alone', async () => {
      const other = await openSession(service);
      service.clock.forward({ seconds: 11 });
      await refresh(service, first.refresh);
      expect(await statusOf(service, other.access)).toBe(200);
      pairOf(await refresh(service, other.refresh));
    });

    it('ends nothing in the hands of another client', async () => {
      const thief = await addClient(service, { grants: ['refresh_token'] });
      service.clock.forward({ seconds: 11 });
      const refused = await refresh(service, first.refresh, {}, thief.credentials);
      expect(refused).toMatchObject(INVALID_REFRESH_TOKEN);
      expect(await auditLog(service, sessionIdOf(first))).toEqual([]);
      pairOf(await refresh(service, second.refresh));
    });

    it('ends nothing with a scope that is refused, as nothing was asked for yet', async () => {
      service.clock.forward({ seconds: 11 });
      const refused = await refresh(service, first.refresh, { scope: 'users:read' });
      expect(refused).toMatchObject(oauthError(400, 'invalid_scope', /users:read/));
      pairOf(await refresh(service, second.refresh));
    });
  });

  describe('ahead of its session, whose database went back in time', () => {
    const goBack = (generation: number) =>
      sessionRows(service).update({ id: sessionIdOf(first) }, { generation });

    it('is refused, and ends the session with generation_ahead', async () => {
      await goBack(0);
      const answer = await refresh(service, second.refresh);
      expect(answer).toMatchObject(INVALID_REFRESH_TOKEN);
      await expectEnded('generation_ahead', [first, second]);
      expect(comparable(answer)).toEqual(comparable(await refresh(service, 'x')));
    });

    it('by more than one as well', async () => {
      const third = pairOf(await refresh(service, second.refresh));
      await goBack(0);
      expect(await refresh(service, third.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
      await expectEnded('generation_ahead', [first, second, third]);
    });
  });
});

describe('a refresh token that comes back with REFRESH_GRACE_SECONDS=0', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ env: { REFRESH_GRACE_SECONDS: '0' } });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => service.close());

  it.each([
    ['in the same millisecond', 0],
    ['under a clock that went back', -60_000],
  ])('ends the session %s', async (_when, afterRotation) => {
    const first = await openSession(service);
    const second = pairOf(await refresh(service, first.refresh));
    const { rotatedAt } = await rowOf(service, first);
    vi.spyOn(service.clock, 'milliseconds').mockReturnValue((rotatedAt ?? 0) + afterRotation);
    expect(await refresh(service, first.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    expect(await rowOf(service, first)).toMatchObject({ revokedReason: 'refresh_token_reuse' });
    expect(await statusOf(service, second.access)).toBe(401);
    expect(await refresh(service, second.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
  });
});
