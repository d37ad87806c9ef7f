import { describe, expect, it } from 'vitest';
import { Once } from '../../src/platform/once.js';
import { TestClock } from '../support/clock.js';

describe('what is noted once', () => {
  it('is new the first time, and again after 15 minutes', () => {
    const clock = new TestClock().stop();
    const once = new Once(clock);
    expect([once.isFirst('a'), once.isFirst('a'), once.isFirst('b')]).toEqual([true, false, true]);
    clock.forward({ seconds: 899 });
    expect(once.isFirst('a')).toBe(false);
    clock.forward({ seconds: 1 });
    expect([once.isFirst('a'), once.isFirst('a')]).toEqual([true, false]);
  });

  it('ends at 1000 keys, so that inventing them leads to no more', () => {
    const clock = new TestClock().stop();
    const once = new Once(clock);
    const first = () => Array.from({ length: 1500 }, (_, n) => once.isFirst(`key-${n}`));
    expect(first().filter(Boolean)).toHaveLength(1000);
    expect(first().filter(Boolean)).toEqual([]);
    clock.forward({ seconds: 900 });
    expect(first().filter(Boolean)).toHaveLength(1000);
  });

  it('is new where the clock was set back, and not for however long that was', () => {
    const clock = new TestClock().stop();
    const once = new Once(clock);
    once.isFirst('a');
    clock.forward({ seconds: -86_400 });
    expect(once.isFirst('a')).toBe(true);
  });
});
