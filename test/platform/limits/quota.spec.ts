import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Quota } from '../../../src/platform/limits/quota.js';
import { startApp, type TestApp } from '../../support/app.js';

const TOO_MANY = { status: 429, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } };

describe('Quota', () => {
  let service: TestApp;
  let quota: Quota;

  const takeTimes = async (times: number, ...[kind, key]: Parameters<Quota['take']>) => {
    for (let i = 0; i < times; i++) await quota.take(kind, key);
  };

  beforeAll(async () => {
    service = await startApp({ limited: true });
    quota = service.app.get(Quota);
  });
  beforeEach(() => service.clock.forward({ seconds: 7200 }));
  afterAll(() => service.close());

  it.each([
    ['sign-up', 100, 3600],
    ['password-reset', 100, 900],
  ] as const)('%s: %i requests of an address in %i seconds', async (kind, times, seconds) => {
    await takeTimes(times, kind, '203.0.113.1');
    await expect(quota.take(kind, '203.0.113.1')).rejects.toMatchObject(TOO_MANY);
    await quota.take(kind, '203.0.113.2');
    service.clock.forward({ seconds: 2 * seconds });
    await quota.take(kind, '203.0.113.1');
  });

  it('counts an IPv6 /64 as one address', async () => {
    for (let i = 0; i < 100; i++) await quota.take('sign-up', `2001:db8:1:2::${i}`);
    await expect(quota.take('sign-up', '2001:db8:1:2:3:4:5:6')).rejects.toMatchObject(TOO_MANY);
    await quota.take('sign-up', '2001:db8:1:3::1');
  });

  it('counts each kind for itself', async () => {
    await takeTimes(100, 'sign-up', '203.0.113.1');
    expect(await quota.allows('sign-up', '203.0.113.1')).toBe(false);
    expect(await quota.allows('password-reset', '203.0.113.1')).toBe(true);
  });

  it('mail: says of the sixth in an hour that it is too much, without an error', async () => {
    const answers: boolean[] = [];
    for (let i = 0; i < 6; i++) answers.push(await quota.allows('reset-mail', 'alice@example.com'));
    expect(answers).toEqual([true, true, true, true, true, false]);
    expect(await quota.allows('reset-mail', 'carol@example.com')).toBe(true);
    service.clock.forward({ seconds: 7200 });
    expect(await quota.allows('reset-mail', 'alice@example.com')).toBe(true);
  });

  it('lets no more through than that when many come at once', async () => {
    const asked = Array.from({ length: 40 }, () => quota.allows('reset-mail', 'dave@example.com'));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(5);
  });
});
