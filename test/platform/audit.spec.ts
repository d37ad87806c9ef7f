import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audit } from '../../src/platform/audit/audit.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { claimsOf } from '../support/forge.js';
import { type Answer, bearer, call, postForm } from '../support/http.js';
import {
  auditLog,
  openSession,
  type Pair,
  pairOf,
  refresh,
  sessionIdOf,
} from '../support/refresh.js';
import { machineToken } from '../support/tokens.js';

const ADDRESS = '192.0.2.7';
const FROM = { 'x-forwarded-for': ADDRESS, 'user-agent': 'canary-agent' };

describe('the audit log', () => {
  let service: TestApp;
  const seen: string[] = [];

  const open = async (): Promise<Pair> => {
    const pair = await openSession(service, { username: 'alice', password: 'secret2' }, FROM);
    seen.push(pair.access, pair.refresh);
    return pair;
  };
  const end = (path: string, { access }: Pair) =>
    call(`${service.url}/users/me/sessions${path}`, {
      method: 'DELETE',
      headers: { ...bearer(access), ...FROM },
    });

  /** What a deed adds, which is one line, and that its time and request are those of the answer. */
  async function lineOf(deed: () => Promise<Answer>) {
    const before = await auditLog(service);
    const from = service.clock.milliseconds();
    const answer = await deed();
    const [entry, ...more] = (await auditLog(service)).slice(before.length);
    expect(more).toEqual([]);
    expect(entry?.at).toBeGreaterThanOrEqual(from);
    expect(entry?.at).toBeLessThanOrEqual(service.clock.milliseconds());
    expect(entry?.requestId).toBe(answer.headers.get('x-request-id'));
    return entry;
  }

  beforeAll(async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
  });
  afterAll(() => service.close());

  it('has one line for a sign-out: who, whom, why, when, from where, in which request', async () => {
    const pair = await open();
    const { id } = service.people.alice;
    expect(await lineOf(() => end(`/${sessionIdOf(pair)}`, pair))).toMatchObject({
      event: 'session.ended',
      result: 'success',
      reason: 'signed_out',
      actor: `user:${id}`,
      subject: `session:${sessionIdOf(pair)}`,
      userId: id,
      ip: ADDRESS,
    });
  });

  it('has one line for all other sessions, and none where there are none', async () => {
    const pair = await open();
    await open();
    await open();
    const { id } = service.people.alice;
    expect(await lineOf(() => end('', pair))).toMatchObject({
      event: 'sessions.ended',
      reason: 'signed_out',
      actor: `user:${id}`,
      subject: `user:${id}`,
      userId: id,
      ip: ADDRESS,
    });
    const before = await auditLog(service);
    expect((await end('', pair)).status).toBe(204);
    expect(await auditLog(service)).toEqual(before);
  });

  it('has one line for a replay, and none for what is tried after it', async () => {
    const pair = await open();
    seen.push(pairOf(await refresh(service, pair.refresh)).refresh);
    service.clock.forward({ seconds: 11 });
    const expected = {
      event: 'session.ended',
      reason: 'refresh_token_reuse',
      actor: 'client:hallpass',
      subject: `session:${sessionIdOf(pair)}`,
      userId: service.people.alice.id,
      ip: ADDRESS,
    };
    expect(await lineOf(() => refresh(service, pair.refresh, {}, FROM))).toMatchObject(expected);
    const before = await auditLog(service);
    await refresh(service, pair.refresh, {}, FROM);
    expect(await auditLog(service)).toEqual(before);
  });

  it('has one line for a revocation (RFC 7009)', async () => {
    const pair = await open();
    const revoke = () => postForm(`${service.url}/revoke`, { token: pair.refresh }, FROM);
    expect(await lineOf(revoke)).toMatchObject({
      event: 'session.ended',
      reason: 'token_revoked',
      actor: 'client:hallpass',
      subject: `session:${sessionIdOf(pair)}`,
      ip: ADDRESS,
    });
    const before = await auditLog(service);
    expect((await revoke()).status).toBe(200);
    expect(await auditLog(service)).toEqual(before);
  });

  it('has one line for a machine’s token, however often it is revoked', async () => {
    const { id, credentials } = await addClient(service);
    const token = await machineToken(service.url, { credentials });
    const revoke = () => postForm(`${service.url}/revoke`, { token }, { ...FROM, ...credentials });
    expect(await lineOf(revoke)).toMatchObject({
      event: 'token.revoked',
      reason: claimsOf(token)['jti'],
      actor: `client:${id}`,
      subject: `client:${id}`,
      ip: ADDRESS,
    });
    const before = await auditLog(service);
    for (let i = 0; i < 3; i += 1) expect((await revoke()).status).toBe(200);
    expect(await auditLog(service)).toEqual(before);
  });

  it('has none for what is no change: wrong tokens, a refresh', async () => {
    const pair = await open();
    const before = await auditLog(service);
    seen.push(pairOf(await refresh(service, pair.refresh)).refresh);
    await refresh(service, 'canary');
    await end('/canary', pair);
    await end(`/${sessionIdOf(pair)}`, { ...pair, access: 'canary' });
    expect(await auditLog(service)).toEqual(before);
  });

  it('holds an address as such, and none that is no address', async () => {
    const record = async (ip: string) => {
      const origin = { ip, userAgent: undefined, requestId: 'r' };
      await service.app.get(Audit).record({
        event: 'session.ended',
        by: { actor: 'system', origin },
        subject: 'everyone',
      });
      return (await auditLog(service)).at(-1)?.ip;
    };
    expect(await record('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(await record('2001:db8::1')).toBe('2001:db8::1');
    expect(await record('canary')).toBeNull();
  });

  it('holds no token, no part of one, and nothing that a caller wrote', async () => {
    const log = JSON.stringify(await auditLog(service));
    expect(seen.length).toBeGreaterThan(10);
    for (const token of seen) {
      expect(log).not.toContain(token);
      for (const part of token.split('.')) expect(log).not.toContain(part);
      expect(log).not.toContain(token.slice(-20));
    }
    for (const text of ['canary', 'secret', 'hp_rt_', 'eyJ', 'alice']) {
      expect(log).not.toContain(text);
    }
  });
});
