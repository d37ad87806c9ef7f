import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, bearer, call } from '../support/http.js';
import { beside, pairsOf, times } from './support/flight.js';
import { ADMIN, openPlace, type Place } from './support/place.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from './support/rounds.js';
import {
  askMe,
  livingOf,
  openSession,
  type Pair,
  refresh,
  revoke,
  sessionOf,
} from './support/tokens.js';

/** D4: whoever ends a session writes, lets every cache know, then answers. */
describe(`${AT_ONCE - 1} refreshes beside the end of their session`, () => {
  let place: Place;
  let url: string;

  beforeAll(async () => {
    place = await openPlace();
    ({ url } = await place.start());
  });
  afterAll(() => place.close());

  /**
   * Ends it in a flight of refreshes.
   *
   * @returns what lives of it: the moment the end was answered, and when all is over
   */
  async function race(pair: Pair, end: () => Promise<Answer>): Promise<string[]> {
    expect((await askMe(url, pair)).status).toBe(200); // and the guard has it in its memory
    const refreshes = times(AT_ONCE - 1, () => () => refresh(url, pair));
    const { answers, done } = await beside(refreshes, async () => {
      const ended = await end();
      const { status } = await askMe(url, pair);
      return { ended, atOnce: status === 401 ? [] : [`access token, at once: ${status}`] };
    });
    expect([200, 204]).toContain(done.ended.status);
    for (const { status } of answers) expect([200, 400]).toContain(status);
    return [...done.atOnce, ...(await livingOf(url, [pair, ...pairsOf(answers)]))];
  }

  it(
    'leave nothing alive when one of its tokens is revoked (RFC 7009)',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async (number) => {
        const pair = await openSession(url, ADMIN);
        const token = number % 2 === 0 ? pair.refreshToken : pair.accessToken;
        expect(await race(pair, () => revoke(url, token))).toEqual([]);
      });
    },
  );

  it(
    'leave nothing alive when the person signs it out from elsewhere',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async (number) => {
        const elsewhere = await openSession(url, ADMIN);
        const pair = await openSession(url, ADMIN);
        const all = `${url}/users/me/sessions`;
        const ended = number % 2 === 0 ? `${all}/${sessionOf(pair)}` : all; // or all but its own
        const headers = bearer(elsewhere.accessToken);
        const end = () => call(ended, { method: 'DELETE', headers });
        expect(await race(pair, end)).toEqual([]);
        expect((await askMe(url, elsewhere)).status).toBe(200);
      });
    },
  );
});
