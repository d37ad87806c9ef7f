import { getRepositoryToken } from '@nestjs/typeorm';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { DataSource, type Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Counters, type Limit, type Reservation } from '../../../src/platform/limits/counters.js';
import { LimitCounter } from '../../../src/platform/limits/limit-counter.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { onPostgres } from '../../support/database.js';
import { askToken, oauthError } from '../../support/oauth.js';

const LIMIT: Limit = { name: 'test', points: 3, seconds: 60 };
const TOO_MANY = { status: 429 };

describe('Counters', () => {
  let service: TestApp;
  let counters: Counters;
  let rows: Repository<LimitCounter>;
  let key = '';
  let number = 0;

  const take = () => counters.take(LIMIT, key);
  const waitOf = async (): Promise<number> => {
    const refusal: unknown = await take().catch((error: unknown) => error);
    expect(refusal).toMatchObject(TOO_MANY);
    return Number((refusal as { headers: Record<string, string> }).headers['retry-after']);
  };

  beforeAll(async () => {
    service = await startApp({ limited: true });
    counters = service.app.get(Counters);
    rows = service.app.get(getRepositoryToken(LimitCounter));
  });
  beforeEach(() => {
    key = `key ${++number}`;
  });
  afterAll(() => service.close());

  it('lets as many through as the limit has, of however many at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, take));
    const granted = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(granted).toHaveLength(3);
  });

  it('keeps keys apart, and limits', async () => {
    for (let i = 0; i < 3; i++) await take();
    await expect(take()).rejects.toMatchObject(TOO_MANY);
    await counters.take(LIMIT, `other ${key}`);
    await counters.take({ ...LIMIT, name: 'other' }, key);
  });

  it('does not count what it refuses', async () => {
    const taken: Reservation[] = [];
    for (let i = 0; i < 3; i++) taken.push(await take());
    for (let i = 0; i < 20; i++) await expect(take()).rejects.toMatchObject(TOO_MANY);
    await taken[0]?.giveBack();
    await take();
  });

  it('says to wait a second while something may be given back, else until the window ends', async () => {
    const taken: Reservation[] = [];
    for (let i = 0; i < 3; i++) taken.push(await take());
    expect(await waitOf()).toBe(1);
    taken.forEach((one) => one.keep());
    const seconds = await waitOf();
    expect(seconds).toBeLessThanOrEqual(LIMIT.seconds + 10);
    service.clock.forward({ seconds });
    await take();
  });

  it('lets a burst at the end of a window have no more than one window’s', async () => {
    for (let i = 0; i < 3; i++) (await take()).keep();
    service.clock.forward({ seconds: (await waitOf()) + LIMIT.seconds - 1 });
    for (let i = 0; i < 3; i++) (await take()).keep();
    service.clock.forward({ seconds: 2 });
    await expect(take()).rejects.toMatchObject(TOO_MANY);
    service.clock.forward({ seconds: LIMIT.seconds });
    await take();
  });

  it('lets nothing that is given back after its window lower a later count', async () => {
    const late: Reservation[] = [];
    for (let i = 0; i < 3; i++) late.push(await take());
    service.clock.forward({ seconds: 2 * LIMIT.seconds });
    for (let i = 0; i < 3; i++) (await take()).keep();
    await Promise.all(late.map((one) => one.giveBack()));
    await expect(take()).rejects.toMatchObject(TOO_MANY);
  });

  it.runIf(!onPostgres)('keeps in memory only what counts something', async () => {
    const limiter = counters['limiter'] as RateLimiterMemory;
    const before = limiter.dump().storage.length;
    const taken = await Promise.all([1, 2, 3].map((n) => counters.take(LIMIT, `${key} ${n}`)));
    expect(limiter.dump().storage.length).toBeGreaterThanOrEqual(before + 3);
    await Promise.all(taken.map((one) => one.giveBack()));
    expect(limiter.dump().storage).toHaveLength(before);
  });

  describe.runIf(onPostgres)('on PostgreSQL', () => {
    it('writes no name and no address down, only a keyed digest', async () => {
      await rows.clear();
      await take();
      const stored = await rows.find();
      expect(stored.length).toBeGreaterThan(0);
      for (const row of stored) {
        expect(row.key).toMatch(/^[\w-]{43}:\d+$/);
        expect(row).toMatchObject({ points: 1, expire: expect.any(Number) as number });
      }
    });

    it('clears away what has expired, and nothing else', async () => {
      await rows.clear();
      await counters.take({ ...LIMIT, seconds: 3600 }, key); // its rows end by the database's clock, not by the test's
      const before = await rows.count();
      await rows.insert({ key: 'old', points: 1, expire: 1 });
      await counters['clear']();
      expect((await rows.find()).map((row) => row.key)).not.toContain('old');
      expect(await rows.count()).toBe(before);
    });

    it('says 503 when the database does not answer', async () => {
      const { master: pool } = service.app.get(DataSource).driver as unknown as {
        master: { query: () => Promise<never> };
      };
      const gone = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
      vi.spyOn(pool, 'query').mockRejectedValue(gone);
      const answer = await askToken(service.url);
      vi.restoreAllMocks();
      expect(answer).toMatchObject(oauthError(503, 'temporarily_unavailable', /database/));
      expect(answer.headers.get('retry-after')).toBe('1');
      expect((await askToken(service.url)).status).toBe(200);
    });
  });
});
