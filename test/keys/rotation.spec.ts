import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import type { AsymmetricAlgorithm } from '../../src/keys/key-pair.js';
import { NextKeyWaiting, NoStoredKeys, UnknownKey } from '../../src/keys/rotation.js';
import { SigningKey } from '../../src/keys/signing-key.entity.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import type { HallpassDataSource } from '../../src/platform/database/hallpass-data-source.js';
import { TEST_SECRET } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bootKeys, type KeyProcess } from '../support/keys.js';

const DAY = 86_400;
const OTHER_SECRET = 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE';

describe('Rotation', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;
  let clock: TestClock;

  const boot = (env: Record<string, string> = {}) => bootKeys(dataSource, env, clock);
  const row = (kid: string) => dataSource.getRepository(SigningKey).findOneByOrFail({ kid });
  /** Of access tokens, as all below where nothing else is said. */
  const count = (algorithm: AsymmetricAlgorithm = 'ES256') =>
    dataSource.getRepository(SigningKey).countBy({ algorithm });
  const published = ({ keys }: KeyProcess, algorithm = 'ES256') =>
    keys.jwks.keys.filter(({ alg }) => alg === algorithm).map(({ kid }) => kid);
  /** Makes the next key, and moves the clock to when it signs. */
  const rotateFully = async ({ rotation }: KeyProcess) => {
    const made = await rotation.rotate(OPERATOR);
    clock.forward({ seconds: made.signsFrom - clock.now() });
    return made.kid;
  };

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    clock = new TestClock().stop();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('publishes, then signs, then retires the old key, then refuses it and deletes its private part', async () => {
    const [one, other] = [await boot(), await boot()];
    const old = one.keys.current.kid;
    const made = await one.rotation.rotate(OPERATOR);
    expect(made.signsFrom - clock.milliseconds() / 1000).toBeGreaterThan(300);
    await other.keys.refresh();
    for (const process of [one, other]) {
      expect(published(process)).toEqual([made.kid, old]);
      expect(process.keys.current.kid).toBe(old);
    }

    clock.forward({ seconds: made.signsFrom - clock.now() - 1 });
    expect(one.keys.current.kid).toBe(old);
    clock.forward({ seconds: 1 }); // and nobody looks at the database in that moment
    for (const { keys } of [one, other]) expect(keys.current.kid).toBe(made.kid);

    clock.forward({ seconds: 900 + 3 });
    await one.watch.tend();
    expect(one.keys.verificationKey(old)).toBeDefined();
    expect(published(one)).toEqual([made.kid, old]);
    expect(one.gone).toEqual([]);
    expect((await row(old)).encryptedPrivateKey).not.toBeNull();

    clock.forward({ seconds: 2 });
    expect(one.keys.verificationKey(old)).toBeUndefined(); // by the clock alone
    expect(published(one)).toEqual([made.kid]);
    await one.watch.tend();
    expect(one.gone).toEqual([old]);
    expect((await row(old)).encryptedPrivateKey).toBeNull();
    await other.watch.tend();
    expect(other.gone).toEqual([old]);
    expect((await boot()).keys.current.kid).toBe(made.kid);
  });

  it('keeps the longest life of tokens that any process had while the key could sign', async () => {
    const long = await boot({ ACCESS_TOKEN_TTL_SECONDS: '3600' });
    const old = long.keys.current.kid;
    const short = await boot({ ACCESS_TOKEN_TTL_SECONDS: '60' });
    const next = await rotateFully(short);
    expect(await row(old)).toMatchObject({ longestTtlSeconds: 3600 });
    expect(await row(next)).toMatchObject({ longestTtlSeconds: 60 });
    clock.forward({ seconds: 3603 });
    expect(short.keys.verificationKey(old)).toBeDefined();
    clock.forward({ seconds: 2 });
    expect(short.keys.verificationKey(old)).toBeUndefined();

    await long.watch.tend(); // which still runs, and signs with the next key too
    expect(await row(next)).toMatchObject({ longestTtlSeconds: 3600 });
    await boot({ ACCESS_TOKEN_TTL_SECONDS: '1800' });
    expect(await row(next)).toMatchObject({ longestTtlSeconds: 3600 });
    expect(await row(old)).toMatchObject({ longestTtlSeconds: 3600 });
  });

  it('makes one key when several processes rotate at once, and tells the others which', async () => {
    const processes = await Promise.all([boot(), boot(), boot()]);
    const outcomes = await Promise.allSettled(
      processes.map(({ rotation }) => rotation.rotate(OPERATOR)),
    );
    const made = outcomes.filter(({ status }) => status === 'fulfilled');
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(made).toHaveLength(1);
    expect(refused).toEqual([expect.any(NextKeyWaiting), expect.any(NextKeyWaiting)]);
    expect(await count()).toBe(2);
  });

  it('refuses to make another while one waits, and makes it after', async () => {
    const one = await boot();
    const { kid } = await one.rotation.rotate(OPERATOR);
    await expect(one.rotation.rotate(OPERATOR)).rejects.toThrow(`The key ${kid} is new`);
    clock.forward({ seconds: 302 });
    await one.rotation.rotate(OPERATOR);
    expect(await count()).toBe(3);
  });

  it('rotates by age, once among several, and with 0 days never', async () => {
    const env = { KEY_MAX_AGE_DAYS: '90' };
    const [one, other, never] = [await boot(env), await boot(env), await boot()];
    clock.forward({ seconds: 90 * DAY - 1 });
    await one.watch.tend();
    expect(await count()).toBe(1);
    clock.forward({ seconds: 2 });
    await never.watch.tend();
    expect(await count()).toBe(1);
    await Promise.all([one.watch.tend(), other.watch.tend()]);
    await one.watch.tend();
    expect(await count()).toBe(2);
    clock.forward({ seconds: 302 });
    await one.watch.tend();
    expect(await count()).toBe(2);
    clock.forward({ seconds: 90 * DAY });
    await one.watch.tend();
    expect(await count()).toBe(3);
  });

  it('makes a longer key when access tokens are to be signed with RS256, once, and publishes it first', async () => {
    const before = await boot();
    const short = before.keys.currentOf('RS256').kid;
    const after = await boot({ TOKEN_ALGORITHM: 'RS256' });
    expect(after.keys.current.kid).toBe(short);
    expect(published(after, 'RS256')).toHaveLength(2);
    clock.forward({ seconds: 302 });
    for (const { watch } of [before, after, await boot({ TOKEN_ALGORITHM: 'RS256' })]) {
      await watch.tend();
    }
    expect(after.keys.current.verifyWith.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(after.keys.verificationKey(short)).toBeDefined();
    expect(await count('RS256')).toBe(2);
    const created = await dataSource.getRepository(AuditEntry).findBy({ event: 'key.created' });
    expect(created.filter(({ reason }) => reason === 'too_short')).toHaveLength(1);
  });

  it('revokes the signing key at once: the replacement signs, and its predecessor does not come back', async () => {
    const [one, other] = [await boot(), await boot()];
    const first = one.keys.current.kid;
    const second = await rotateFully(one);
    await other.keys.refresh();
    const replacement = await one.rotation.revoke(second, OPERATOR);
    expect(one.gone).toEqual([second]);
    await other.keys.refresh();
    expect(other.gone).toEqual([second]);
    for (const process of [one, other]) {
      expect(process.keys.current.kid).toBe(replacement?.kid);
      expect(process.keys.verificationKey(second)).toBeUndefined();
      expect(published(process)).toEqual([replacement?.kid, first]);
    }
    expect(await row(second)).toMatchObject({ encryptedPrivateKey: null });
  });

  it('revokes a waiting key: the old one goes on signing, past the time of the other', async () => {
    const one = await boot();
    const old = one.keys.current.kid;
    const waiting = await one.rotation.rotate(OPERATOR);
    expect(await one.rotation.revoke(waiting.kid, OPERATOR)).toBeUndefined();
    clock.forward({ seconds: 30 * DAY });
    await one.watch.tend();
    expect(one.keys.current.kid).toBe(old);
    expect(one.keys.verificationKey(old)).toBeDefined();
    expect(published(one)).toEqual([old]);
    expect((await row(old)).encryptedPrivateKey).not.toBeNull();
  });

  it('revokes the signing key while another waits: neither signs after', async () => {
    const one = await boot();
    const old = one.keys.current.kid;
    const waiting = await one.rotation.rotate(OPERATOR);
    const replacement = await one.rotation.revoke(old, OPERATOR);
    expect(one.keys.current.kid).toBe(replacement?.kid);
    clock.forward({ seconds: 400 });
    expect(one.keys.current.kid).toBe(replacement?.kid);
    expect(one.keys.current.kid).not.toBe(waiting.kid);
  });

  it('revokes twice without another replacement, and one that retired without any', async () => {
    const one = await boot();
    const old = one.keys.current.kid;
    const next = await rotateFully(one);
    expect(await one.rotation.revoke(old, OPERATOR)).toBeUndefined();
    expect(await one.rotation.revoke(old, OPERATOR)).toBeUndefined();
    expect(one.keys.current.kid).toBe(next);
    await expect(one.rotation.revoke('nothing', OPERATOR)).rejects.toThrow(UnknownKey);
    expect(await count()).toBe(2);
  });

  it('makes one replacement when several processes revoke the signing key at once', async () => {
    const processes = await Promise.all([boot(), boot(), boot()]);
    const old = processes[0].keys.current.kid;
    const made = await Promise.all(processes.map(({ rotation }) => rotation.revoke(old, OPERATOR)));
    expect(made.filter((key) => key !== undefined)).toHaveLength(1);
    expect(await count()).toBe(2);
  });

  it('writes every key made and revoked into the audit log, once', async () => {
    const one = await boot({ KEY_MAX_AGE_DAYS: '1' });
    const first = one.keys.current.kid;
    const second = await rotateFully(one);
    clock.forward({ seconds: DAY });
    await one.watch.tend();
    const [third] = published(one);
    const fourth = await one.rotation.revoke(second, OPERATOR);
    await one.rotation.revoke(second, OPERATOR);
    const entries = await dataSource.getRepository(AuditEntry).find({ order: { id: 'ASC' } });
    const others = await dataSource.getRepository(SigningKey).findBy({ algorithm: 'RS256' });
    const subjects = others.map(({ kid }) => `key:${kid}`);
    const ofOthers = entries.filter(({ subject }) => subjects.includes(subject));
    expect(ofOthers.map(({ reason }) => reason)).toEqual(['first', 'age']);
    expect(
      entries
        .filter((entry) => !ofOthers.includes(entry))
        .map(({ event, actor, subject, reason }) => [event, actor, subject, reason]),
    ).toEqual([
      ['key.created', 'system', `key:${first}`, 'first'],
      ['key.created', 'operator', `key:${second}`, 'rotated'],
      ['key.created', 'system', `key:${third}`, 'age'],
      ['key.created', 'operator', `key:${fourth?.kid}`, 'replaces_revoked'],
      ['key.revoked', 'operator', `key:${second}`, null],
    ]);
  });

  it('makes no key under an AUTH_SECRET that opens none of the others', async () => {
    const one = await boot();
    const stranger = { AUTH_SECRET: OTHER_SECRET };
    await expect(boot(stranger)).rejects.toThrow(/AUTH_SECRET=new,old/);
    expect(await count()).toBe(1);
    expect((await one.rotation.rotate(OPERATOR)).kid).toBeDefined();
  });

  it('nor the first of the other algorithm, where an earlier version had made none', async () => {
    const one = await boot();
    await dataSource.getRepository(SigningKey).delete({ algorithm: 'RS256' });
    await expect(boot({ AUTH_SECRET: OTHER_SECRET })).rejects.toThrow(/AUTH_SECRET=new,old/);
    expect(await count('RS256')).toBe(0);
    expect((await one.rotation.rotate(OPERATOR, 'RS256')).signsFrom).toBe(clock.now());
    expect(await count('RS256')).toBe(1);
  });

  it('replaces a key whose secret is lost, but only where another key shows that this secret is the right one', async () => {
    const one = await boot();
    const rows = dataSource.getRepository(SigningKey);
    const lose = (kid: string) => rows.update({ kid }, { encryptedPrivateKey: 'AAAA' });
    const lost = one.keys.currentOf('RS256').kid;
    await lose(lost);
    await expect(boot()).rejects.toThrow(lost);
    const replacement = await one.rotation.revoke(lost, OPERATOR);
    expect((await boot()).keys.currentOf('RS256').kid).toBe(replacement?.kid);

    await lose(replacement?.kid ?? '');
    await lose(one.keys.current.kid);
    await expect(one.rotation.revoke(one.keys.current.kid, OPERATOR)).rejects.toThrow(
      /AUTH_SECRET=new,old/,
    );
    expect(await count()).toBe(1);
  });

  it.each(['ES256', 'RS256'] as const)(
    'keeps the keys of both algorithms apart: a rotation and a revocation of %s leave the other alone',
    async (algorithm) => {
      const one = await boot();
      const other = algorithm === 'ES256' ? 'RS256' : 'ES256';
      const untouched = one.keys.currentOf(other).kid;
      const old = one.keys.currentOf(algorithm).kid;
      const made = await one.rotation.rotate(OPERATOR, algorithm);
      expect(published(one, algorithm)).toEqual([made.kid, old]);
      clock.forward({ seconds: made.signsFrom - clock.now() });
      expect(one.keys.currentOf(algorithm).kid).toBe(made.kid);
      const replacement = await one.rotation.revoke(made.kid, OPERATOR);
      expect(one.keys.currentOf(algorithm).kid).toBe(replacement?.kid);
      expect(one.keys.currentOf(other).kid).toBe(untouched);
      expect(published(one, other)).toEqual([untouched]);
      expect(one.gone).toEqual([made.kid]);
    },
  );

  it('holds a key that verifies no more only for hints, and a revoked one for nothing', async () => {
    const one = await boot();
    const old = one.keys.current.kid;
    const next = await rotateFully(one);
    clock.forward({ seconds: 905 });
    expect(one.keys.verificationKey(old)).toBeUndefined();
    expect(one.keys.heldKey('ES256', old)).toBeDefined();
    expect(one.keys.heldKey('RS256', old)).toBeUndefined();
    await one.rotation.revoke(next, OPERATOR);
    expect(one.keys.heldKey('ES256', next)).toBeUndefined();
  });

  it('verifies what a process with another AUTH_SECRET signs, signs with its own, and is not ready then', async () => {
    Logger.overrideLogger(false);
    const one = await boot();
    const ahead = await boot({ AUTH_SECRET: `${OTHER_SECRET},${TEST_SECRET}` }); // before all know it
    const old = one.keys.current.kid;
    const next = await rotateFully(ahead);
    await one.keys.refresh();
    expect(one.keys.verificationKey(next)).toBeDefined();
    expect(one.keys.current.kid).toBe(old);
    expect(one.keys.ready).toBe(false);
    expect(ahead.keys.ready).toBe(true);
  });

  it('never lets a read that began earlier bring a revoked key back', async () => {
    const one = await boot();
    const old = one.keys.current.kid;
    const { promise: gate, resolve: open } = withResolvers();
    const rows = dataSource.getRepository(SigningKey);
    const find = rows.find.bind(rows);
    vi.spyOn(rows, 'find').mockImplementationOnce(async (options) => {
      const read = await find(options);
      await gate;
      return read;
    });
    const slow = one.keys.refresh();
    await one.rotation.revoke(old, OPERATOR);
    open();
    await slow;
    expect(one.keys.verificationKey(old)).toBeUndefined();
  });

  it('refuses with HS256, names JWT_SECRET=new,old, and goes on with the keys of id_tokens', async () => {
    const JWT_SECRET = 'hs256-only-Qz7vX2mK9pLw4RtB8nYc3D';
    const one = await boot({ TOKEN_ALGORITHM: 'HS256', JWT_SECRET });
    const { rotation, keys } = one;
    await expect(rotation.rotate(OPERATOR)).rejects.toThrow(/JWT_SECRET=new,old.*--algorithm/);
    await expect(rotation.revoke(keys.current.kid, OPERATOR)).rejects.toThrow(NoStoredKeys);
    const shared = keys.current.kid;
    const signing = keys.currentOf('RS256').kid;
    const made = await rotation.rotate(OPERATOR, 'RS256');
    expect(published(one, 'RS256')).toEqual([made.kid, signing]);
    const replacement = await rotation.revoke(signing, OPERATOR);
    expect(keys.currentOf('RS256').kid).toBe(replacement?.kid);
    expect(keys.current.kid).toBe(shared);
    expect(one.gone).toEqual([made.kid, signing]);
    expect(await count()).toBe(1);
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
