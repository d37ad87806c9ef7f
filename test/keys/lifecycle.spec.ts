import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOld,
  type KeyLife,
  type KeyState,
  signsFromAfter,
  stateOf,
  verifiesUntil,
} from '../../src/keys/lifecycle.js';

const TTL = 900;
/** How long a key verifies after its successor took over. */
const TAIL = TTL + 5;
/** One more than any key of the property waits for. */
const SECONDS = Array.from({ length: 14 }, (_, now) => now);

/** A key that signs from then on; times in seconds. */
function key(generation: number, signsFrom: number, change: Partial<KeyLife> = {}): KeyLife {
  return { generation, signsFrom, longestTtlSeconds: TTL, revokedAt: null, ...change };
}

/** Newest first, as they are read. */
const one = [key(1, 100)];
const two = [key(2, 1000), key(1, 100)];
const waitingRevoked = [key(2, 1000, { revokedAt: 999 }), key(1, 100)];
const waitingReplaced = [key(3, 1002), key(2, 1000, { revokedAt: 999 }), key(1, 100)];
const signingRevoked = [key(3, 1500), key(2, 1000, { revokedAt: 1500 }), key(1, 100)];
/** The signing key 1 was revoked while 2 waited; 3 signs at once. */
const overtaken = [key(3, 500), key(2, 1000), key(1, 100, { revokedAt: 500 })];

const overtakenAtOnce = [key(3, 1000), key(2, 1000), key(1, 100, { revokedAt: 1000 })];
const overtakenTwice = [key(4, 600), key(3, 500, { revokedAt: 600 }), ...overtaken.slice(1)];
const takenOver = [key(3, 1000), key(2, 999), key(1, 100, { revokedAt: 1000 })];
const OVERTAKEN: readonly KeyState[] = ['signing', 'ended', 'revoked'];

const STATES: readonly [string, readonly KeyLife[], number, readonly KeyState[]][] = [
  ['the only key, for ever', one, 9_999_999, ['signing']],
  ['a new key waits', two, 999, ['waiting', 'signing']],
  ['it takes over in that second', two, 1000, ['signing', 'retired']],
  ['the old one verifies for the life of its tokens', two, 999 + TAIL, ['signing', 'retired']],
  ['and not a second longer', two, 1000 + TAIL, ['signing', 'ended']],
  ['one revoked while it waited leaves the old one', waitingRevoked, 9999, ['revoked', 'signing']],
  ['that one retires by the next', waitingReplaced, 1002, ['signing', 'revoked', 'retired']],
  ['one revoked after it signed does not', signingRevoked, 1500, ['signing', 'revoked', 'retired']],
  ['nor longer', signingRevoked, 1000 + TAIL, ['signing', 'revoked', 'ended']],
  ['a waiting one that is overtaken verifies nothing', overtaken, 500, OVERTAKEN],
  ['nor when it was to sign', overtaken, 1000, OVERTAKEN],
  ['nor when it was overtaken in that very second', overtakenAtOnce, 1000, OVERTAKEN],
  [
    'nor when what overtook it is revoked too',
    overtakenTwice,
    1000,
    ['signing', 'revoked', 'ended', 'revoked'],
  ],
  ['one that had signed for a second verifies', takenOver, 1000, ['signing', 'retired', 'revoked']],
];

describe('the life of a signing key', () => {
  it.each(STATES)('%s', (_, keys, now, states) => {
    expect(keys.map((each) => stateOf(each, keys, now))).toEqual(states);
  });

  it('verifies after its turn only when it had one, and then for the life of its tokens', () => {
    const second = fc.integer({ min: 0, max: 12 });
    const revoked = fc.option(second, { nil: null });
    const lives = fc.array(fc.record({ signsFrom: second, revokedAt: revoked }), { maxLength: 6 });
    fc.assert(
      fc.property(lives, (made) => {
        const keys = made.map((life, i) => key(made.length - i, life.signsFrom, life));
        for (const each of keys.filter(({ revokedAt }) => revokedAt === null)) {
          const stateAt = (now: number) => stateOf(each, keys, now);
          const turn = SECONDS.filter((now) => stateAt(now) === 'signing');
          const retired = (turn.at(-1) ?? Infinity) + 1;
          expect(SECONDS.filter((now) => stateAt(now) === 'retired')).toEqual(
            SECONDS.filter((now) => now >= retired),
          );
          if (turn.length === 0) expect(stateAt(13)).toBe('ended');
          else if (retired <= 13) expect(stateAt(retired + TAIL - 1)).toBe('retired');
          if (retired <= 13) expect(stateAt(retired + TAIL)).toBe('ended');
        }
      }),
    );
  });

  it('verifies until the longest life of its own tokens has passed, whatever the next one has', () => {
    const old = key(1, 100, { longestTtlSeconds: 3600 });
    expect(verifiesUntil(old, [key(2, 1000, { longestTtlSeconds: 60 }), old])).toBe(4605);
  });

  it.each([
    { nowMs: 10_000, publish: 300, from: 311 },
    { nowMs: 10_001, publish: 300, from: 312 },
    { nowMs: 10_999, publish: 300, from: 312 },
    { nowMs: 10_000, publish: 0, from: 11 },
  ])(
    'signs a second after the last JWKS without it is stale: made at $nowMs ms, from $from s',
    ({ nowMs, publish, from }) => {
      expect(signsFromAfter(nowMs, publish)).toBe(from);
    },
  );

  it.each([
    { days: 90, now: 90 * 86_400 + 99, old: false },
    { days: 90, now: 90 * 86_400 + 100, old: true },
    { days: 0, now: 9_999_999_999, old: false },
  ])('is old after $days days, at $now: $old', ({ days, now, old }) => {
    expect(isOld(key(1, 100), days, now)).toBe(old);
  });
});
