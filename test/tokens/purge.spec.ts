import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/platform/ids.js';
import { KnownDevice } from '../../src/sessions/known-device.entity.js';
import type { Purge } from '../../src/tokens/purge.js';
import { RevokedToken } from '../../src/tokens/revoked-token.entity.js';
import { AccountLinks } from '../../src/users/account-links.js';
import { startApp, type TestApp } from '../support/app.js';
import { addEntries, auditEntry, auditRows } from '../support/audit.js';
import type { TestClient } from '../support/clients.js';
import { addApplication, codeRow, INVALID_CODE, issueCode, redeem } from '../support/codes.js';
import { bearer, call, postForm } from '../support/http.js';
import { purgeOf } from '../support/purge.js';
import {
  auditLog,
  INVALID_REFRESH_TOKEN,
  openSession,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  sessionRows,
  statusOf,
} from '../support/refresh.js';

describe('Purge', () => {
  let service: TestApp;
  let purge: Purge;
  let revoked: Repository<RevokedToken>;

  const NOTHING = {
    sessions: 0,
    authorizationCodes: 0,
    browserSessions: 0,
    revokedTokens: 0,
    knownDevices: 0,
    accountLinks: 0,
    auditEntries: 0,
  };
  const sessionIds = async () => (await sessionRows(service).find()).map(({ id }) => id);

  beforeAll(async () => {
    service = await startApp();
    purge = purgeOf(service);
    revoked = service.app.get(getRepositoryToken(RevokedToken));
  });
  beforeEach(async () => {
    await sessionRows(service).clear();
    await revoked.clear();
  });
  afterAll(() => service.close());

  it('deletes sessions when they have expired, not a second before', async () => {
    const early = await openSession(service);
    service.clock.forward({ seconds: 100 });
    const late = await openSession(service);
    const { expiresAt } = await rowOf(service, early);
    const clock = vi.spyOn(service.clock, 'milliseconds');
    clock.mockReturnValue((expiresAt - 1) * 1000);
    expect(await purge.run()).toEqual(NOTHING);
    clock.mockReturnValue(expiresAt * 1000);
    expect(await purge.run()).toEqual({ ...NOTHING, sessions: 1 });
    clock.mockRestore();
    expect(await sessionIds()).toEqual([sessionIdOf(late)]);
    expect(await statusOf(service, late.access)).toBe(200);
    expect(await refresh(service, early.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
  });

  it('keeps an ended session, with why and when, until it would have expired', async () => {
    const pair = await openSession(service);
    const id = sessionIdOf(pair);
    const headers = bearer(pair.access);
    await call(`${service.url}/users/me/sessions/${id}`, { method: 'DELETE', headers });
    expect(await purge.run()).toEqual(NOTHING);
    const { expiresAt, revokedReason } = await rowOf(service, pair);
    expect(revokedReason).toBe('signed_out');
    service.clock.forward({ seconds: expiresAt - service.clock.now() });
    expect(await purge.run()).toEqual({ ...NOTHING, sessions: 1 });
  });

  it('deletes a revoked token a minute after it has expired, as another server’s clock may be behind', async () => {
    const now = service.clock.now();
    const [gone, kept] = [newId(), newId()];
    await revoked.insert([
      { jti: gone, expiresAt: now - 60 },
      { jti: kept, expiresAt: now - 50 },
    ]);
    expect(await purge.run()).toEqual({ ...NOTHING, revokedTokens: 1 });
    expect(await revoked.find()).toEqual([{ jti: kept, expiresAt: now - 50 }]);
  });

  it('deletes a device 30 days after its last sign-in, not a second before', async () => {
    await openSession(service, { username: 'alice', password: 'secret2' });
    const devices: Repository<KnownDevice> = service.app.get(getRepositoryToken(KnownDevice));
    const { id: userId } = service.people.alice;
    const { expiresAt } = await devices.findOneByOrFail({ userId });
    expect(expiresAt - service.clock.now()).toBeGreaterThan(30 * 86_400 - 60);
    await purge.run();
    expect(await devices.countBy({ userId })).toBe(1);
    service.clock.forward({ seconds: expiresAt - service.clock.now() });
    expect((await purge.run()).knownDevices).toBeGreaterThan(0);
    expect(await devices.countBy({ userId })).toBe(0);
  });

  it('deletes a mailed link when it has expired, not a second before', async () => {
    const links = service.app.get(AccountLinks);
    const token = await links.issue(service.people.alice, 'password_reset', 'alice@example.com');
    service.clock.forward({ seconds: 3590 });
    expect((await purge.run()).accountLinks).toBe(0);
    expect(await links.find(token, 'password_reset')).not.toBeNull();
    service.clock.forward({ seconds: 10 });
    expect((await purge.run()).accountLinks).toBe(1);
  });

  describe('of authorization codes', () => {
    const A_MINUTE_LATE = 120; // a minute of life, and one for another server’s clock
    let client: TestClient;

    beforeEach(async () => {
      client = await addApplication(service);
    });

    const issue = () =>
      issueCode(service, {
        user: service.people.alice,
        client: { id: client.id, epoch: 0 },
      });
    const use = async (code: string) => pairOf(await redeem(service, client, code));
    const remaining = async (...codes: string[]) => {
      const rows = await Promise.all(codes.map((code) => codeRow(service, code)));
      return codes.filter((_code, index) => rows[index] !== null);
    };

    it('deletes one that nobody used a minute after it has expired, not a second before', async () => {
      service.clock.stop();
      const code = await issue();
      service.clock.forward({ seconds: A_MINUTE_LATE - 1 });
      expect(await purge.run()).toEqual(NOTHING);
      expect(await remaining(code)).toEqual([code]);
      service.clock.forward({ seconds: 1 });
      expect(await purge.run()).toEqual({ ...NOTHING, authorizationCodes: 1 });
      expect(await remaining(code)).toEqual([]);
    });

    it('keeps one that was used while its session lives, so that a replay still ends it', async () => {
      const [code, ended, gone, burnt] = [
        await issue(),
        await issue(),
        await issue(),
        await issue(),
      ];
      const pair = await use(code);
      const other = await use(ended);
      const { id } = await rowOf(service, await use(gone));
      await postForm(`${service.url}/revoke`, { token: other.refresh, client_id: client.id });
      await sessionRows(service).delete({ id });
      await redeem(service, client, burnt, { code_verifier: 'x' });
      service.clock.forward({ seconds: A_MINUTE_LATE });
      expect(await purge.run()).toEqual({ ...NOTHING, authorizationCodes: 3 });
      expect(await remaining(code, ended, gone, burnt)).toEqual([code]);
      expect(await redeem(service, client, code)).toMatchObject(INVALID_CODE);
      expect(await statusOf(service, pair.access)).toBe(401);
      expect(await purge.run()).toEqual({ ...NOTHING, authorizationCodes: 1 });
    });

    it('deletes one with its session, when that has expired', async () => {
      const code = await issue();
      const { expiresAt } = await rowOf(service, await use(code));
      service.clock.forward({ seconds: expiresAt - service.clock.now() - 10 });
      expect(await purge.run()).toMatchObject({ sessions: 0, authorizationCodes: 0 });
      service.clock.forward({ seconds: 10 });
      expect(await purge.run()).toMatchObject({ sessions: 1, authorizationCodes: 1 });
      expect(await remaining(code)).toEqual([]);
    });
  });

  describe('of the audit log', () => {
    const DAY = 86_400_000;
    const at = (milliseconds: number) => auditEntry({ at: milliseconds });
    const log = async () =>
      (await auditLog(service)).map(({ event, actor, subject, reason, result }) => ({
        event,
        actor,
        subject,
        reason,
        result,
      }));

    beforeEach(async () => {
      await auditRows(service).clear();
      service.clock.stop();
    });

    it('deletes what is as old as AUDIT_RETENTION_DAYS, a year, not a millisecond before', async () => {
      const now = service.clock.milliseconds();
      const kept = at(now - 365 * DAY + 1);
      await addEntries(service, [at(1), at(now - 365 * DAY), kept, at(now)]);
      expect(await purge.run()).toEqual({ ...NOTHING, auditEntries: 2 });
      const ids = (await auditRows(service).find()).map(({ id }) => id);
      expect(ids).toContain(kept.id);
      expect(ids).toHaveLength(3); // with the entry of the purge
    });

    it('takes another number of days, and with 0 deletes nothing', async () => {
      const now = service.clock.milliseconds();
      await addEntries(service, [at(1), at(now - 30 * DAY), at(now - 29 * DAY)]);
      const keeping = (days: number) => purgeOf(service, { AUDIT_RETENTION_DAYS: days });
      expect(await keeping(0).run()).toEqual(NOTHING);
      expect(await keeping(30).run()).toEqual({ ...NOTHING, auditEntries: 2 });
    });

    it('is written into it, where there was something to delete', async () => {
      await purge.run();
      expect(await log()).toEqual([]);
      await addEntries(
        service,
        Array.from({ length: 1200 }, () => at(1)),
      );
      expect(await purge.run()).toEqual({ ...NOTHING, auditEntries: 1200 });
      expect(await log()).toEqual([
        {
          event: 'data.purged',
          actor: 'operator',
          subject: 'everyone',
          reason: 'audit_entries:1200',
          result: 'success',
        },
      ]);
    });

    it('leaves alone what became of a session that is gone', async () => {
      const pair = await openSession(service);
      const headers = bearer(pair.access);
      const url = `${service.url}/users/me/sessions/${sessionIdOf(pair)}`;
      await call(url, { method: 'DELETE', headers });
      const before = await auditLog(service);
      expect(before).toHaveLength(2);
      service.clock.forward({ seconds: service.settings.SESSION_MAX_AGE_SECONDS });
      expect((await purge.run()).sessions).toBe(1);
      expect(await auditLog(service)).toEqual(before);
    });
  });

  it('works off a backlog in statements of at most 500 rows, and lets others in between', async () => {
    const expiresAt = service.clock.now() - 60;
    const expired = Array.from({ length: 1200 }, () => ({ jti: newId(), expiresAt }));
    for (let i = 0; i < expired.length; i += 100) await revoked.insert(expired.slice(i, i + 100));
    const left: number[] = [];
    const purging = purge.run();
    const state = { running: true };
    void purging.finally(() => (state.running = false));
    while (state.running) left.push(await revoked.count());
    expect(await purging).toEqual({ ...NOTHING, revokedTokens: 1200 });
    expect(left.some((count) => count === 700 || count === 200)).toBe(true);
    expect(left.filter((count) => ![1200, 700, 200, 0].includes(count))).toEqual([]);
    expect(await revoked.count()).toBe(0);
  });

  it('may run twice at once: each row is counted by one', async () => {
    const expiresAt = service.clock.now() - 60;
    const expired = Array.from({ length: 300 }, () => ({ jti: newId(), expiresAt }));
    await revoked.insert(expired);
    const [one, other] = await Promise.all([purge.run(), purge.run()]);
    expect(one.revokedTokens + other.revokedTokens).toBe(300);
    expect(await revoked.count()).toBe(0);
  });
});
