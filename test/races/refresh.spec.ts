import { afterEach, describe, expect, it } from 'vitest';
import { pairsOf, statusesOf, times } from './support/flight.js';
import { ADMIN, openPlace, type Place } from './support/place.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from './support/rounds.js';
import { askMe, livingOf, openSession, pairOf, refresh } from './support/tokens.js';

/** D3: one conditional UPDATE decides who gets the next token. RFC 9700 §4.14. */
describe(`one refresh token, used ${AT_ONCE} times at once`, () => {
  let place: Place;
  afterEach(() => place.close());

  async function race(graceSeconds: number) {
    place = await openPlace({ REFRESH_GRACE_SECONDS: String(graceSeconds) });
    const { url } = await place.start();
    const useAtOnce = async () => {
      const first = await openSession(url, ADMIN);
      const answers = await Promise.all(times(AT_ONCE, () => refresh(url, first)));
      return { first, answers, pairs: pairsOf(answers) };
    };
    return { url, useAtOnce };
  }

  it(
    'with no grace gives exactly one new pair, and ends the session',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      const { url, useAtOnce } = await race(0);
      await runRounds(RACE_ROUNDS, async () => {
        const { first, answers, pairs } = await useAtOnce();
        expect(statusesOf(answers).toSorted()).toEqual([200, 400]);
        expect(pairs).toHaveLength(1);
        expect(await livingOf(url, [first, ...pairs])).toEqual([]);
      });
    },
  );

  it(
    'within the grace gives all of them the same successor, which works',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      const { url, useAtOnce } = await race(10);
      await runRounds(RACE_ROUNDS, async () => {
        const { first, answers, pairs } = await useAtOnce();
        expect(statusesOf(answers)).toEqual([200]);
        const successors = [...new Set(pairs.map(({ refreshToken }) => refreshToken))];
        expect(successors).toHaveLength(1);
        expect(successors).not.toContain(first.refreshToken);
        const guarded = await Promise.all([first, ...pairs].map((pair) => askMe(url, pair)));
        expect(statusesOf(guarded)).toEqual([200]);
        const [successor = ''] = successors;
        const next = pairOf(await refresh(url, { refreshToken: successor }));
        expect([first.refreshToken, successor]).not.toContain(next.refreshToken);
      });
    },
  );
});
