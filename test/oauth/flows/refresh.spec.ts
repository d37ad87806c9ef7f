import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { claimsOf } from '../../support/forge.js';
import { bearer, call, sendJson } from '../../support/http.js';
import {
  INVALID_REFRESH_TOKEN,
  openSession,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  statusOf,
} from '../../support/refresh.js';

const ALICE = { username: 'alice', password: 'secret2' };
const DAY = 24 * 60 * 60;

describe('staying signed in', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('goes on for weeks by refreshing, with one sign-in and one session', async () => {
    const { url, clock } = service;
    const first = await openSession(service, ALICE);
    const task = await sendJson(
      `${url}/tasks`,
      'POST',
      { title: 'Water the plants' },
      first.access,
    );
    let now = first;
    for (let day = 1; day <= 30; day += 1) {
      clock.forward({ seconds: DAY });
      expect(await statusOf(service, now.access)).toBe(401);
      const next = pairOf(await refresh(service, now.refresh));
      expect(next.refresh).not.toBe(now.refresh);
      expect(sessionIdOf(next)).toBe(sessionIdOf(first));
      now = next;
    }
    const tasks = await call(`${url}/tasks`, { headers: bearer(now.access) });
    expect(tasks.body.items).toEqual([task.body]);
    expect((await rowOf(service, now)).generation).toBe(30);
  });

  it('survives a reply that was lost: the same request again gets a pair that works', async () => {
    const first = await openSession(service, ALICE);
    const lost = pairOf(await refresh(service, first.refresh));
    service.clock.forward({ seconds: 3 });
    const again = pairOf(await refresh(service, first.refresh));
    expect(again.refresh).toBe(lost.refresh);
    expect(await statusOf(service, again.access)).toBe(200);

    service.clock.forward({ seconds: DAY });
    expect(await statusOf(service, pairOf(await refresh(service, again.refresh)).access)).toBe(200);
  });

  it('ends for thief and victim alike when a stolen token is used after its owner’s (RFC 9700 §4.14.2)', async () => {
    const first = await openSession(service, ALICE);
    const victim = pairOf(await refresh(service, first.refresh));
    service.clock.forward({ seconds: 11 });
    expect(await refresh(service, first.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    expect(await refresh(service, victim.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    expect(await statusOf(service, victim.access)).toBe(401);
    expect(await rowOf(service, first)).toMatchObject({ revokedReason: 'refresh_token_reuse' });
    expect(await statusOf(service, (await openSession(service, ALICE)).access)).toBe(200);
  });

  it('does not disturb another device, which has a session of its own', async () => {
    const phone = await openSession(service, ALICE);
    const laptop = await openSession(service, ALICE);
    await refresh(service, phone.refresh);
    service.clock.forward({ seconds: 11 });
    await refresh(service, phone.refresh);
    expect(await statusOf(service, phone.access)).toBe(401);
    expect(await statusOf(service, laptop.access)).toBe(200);
    pairOf(await refresh(service, laptop.refresh));
  });

  it('ends at the session’s absolute age, however often it is refreshed', async () => {
    const { SESSION_MAX_AGE_SECONDS } = service.settings;
    const first = await openSession(service, ALICE);
    const { createdAt } = await rowOf(service, first);
    let now = first;
    for (let left = SESSION_MAX_AGE_SECONDS; left > 7 * DAY; left -= 7 * DAY) {
      service.clock.forward({ seconds: 7 * DAY });
      now = pairOf(await refresh(service, now.refresh));
      expect((await rowOf(service, now)).expiresAt).toBeLessThanOrEqual(
        createdAt + SESSION_MAX_AGE_SECONDS,
      );
    }
    const untilTheEnd = createdAt + SESSION_MAX_AGE_SECONDS - service.clock.now();
    service.clock.forward({ seconds: untilTheEnd - 60 });
    const last = await refresh(service, now.refresh);
    now = pairOf(last);
    expect(last.body.expires_in).toBeLessThanOrEqual(60);
    expect(claimsOf(now.access)['exp']).toBe(createdAt + SESSION_MAX_AGE_SECONDS);
    service.clock.forward({ seconds: 60 });
    expect(await statusOf(service, now.access)).toBe(401);
    expect(await refresh(service, now.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
  });
});
