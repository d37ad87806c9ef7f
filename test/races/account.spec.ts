import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, postForm } from '../support/http.js';
import {
  ACCOUNT_CHANGES,
  NEW_PASSWORD,
  OLD_PASSWORD,
  type Person,
  personCalled,
} from './support/account-changes.js';
import { beside, pairsOf, times } from './support/flight.js';
import { type Operator, operatorOn } from './support/operator.js';
import { openPlace, type Place } from './support/place.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from './support/rounds.js';
import { livingOf, openSession, type Pair, refresh } from './support/tokens.js';

/**
 * D2: one row ends every session of a user, a sign-in still in flight included. Made by another
 * process here, as the command line makes it.
 */
describe.each(ACCOUNT_CHANGES)('a $of', ({ make, passwordAfter }) => {
  let place: Place;
  let url: string;
  let operator: Operator;
  let people = 0;

  beforeAll(async () => {
    place = await openPlace({ TRUST_PROXY: '1' });
    ({ url } = await place.start());
    operator = await operatorOn(place.databaseUrl);
  });
  afterAll(async () => {
    await operator.close();
    await place.close();
  });

  async function somebody(): Promise<Person> {
    const username = `person-${++people}`;
    const { id } = await operator.users.create(personCalled(username));
    return { id, username };
  }

  /** Each from an address of its own: the limit on guesses is not what is raced here. */
  function signIn({ username }: Person, password: string, index: number): Promise<Answer> {
    const address = `10.${(people >> 8) & 255}.${people & 255}.${index}`;
    return postForm(`${url}/token`, { username, password }, { 'x-forwarded-for': address });
  }

  async function expectOneGoodPassword(person: Person): Promise<void> {
    for (const [index, password] of [OLD_PASSWORD, NEW_PASSWORD].entries()) {
      const { status } = await signIn(person, password, AT_ONCE + index);
      expect(status).toBe(password === passwordAfter ? 200 : 401);
    }
  }

  it(
    `leaves nothing alive of ${AT_ONCE} sign-ins in flight`,
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async () => {
        const person = await somebody();
        const signIns = times(AT_ONCE, (index) => () => signIn(person, OLD_PASSWORD, index));
        const { answers, before } = await beside(signIns, () => make(operator, person));
        for (const { status } of answers) expect([200, 401]).toContain(status);
        // Where the old password stays good, a sign-in may have begun after the change.
        const made = pairsOf(passwordAfter === OLD_PASSWORD ? before : answers);
        expect(await livingOf(url, made)).toEqual([]);
        await expectOneGoodPassword(person);
      });
    },
  );

  it(
    `leaves nothing alive of ${AT_ONCE} refreshes in flight`,
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async () => {
        const person = await somebody();
        const credentials = { username: person.username, password: OLD_PASSWORD };
        const sessions = await Promise.all(times(4, () => openSession(url, credentials)));
        const refreshes = times(AT_ONCE, (index) => {
          const pair = sessions[index % sessions.length] as Pair;
          return () => refresh(url, pair);
        });
        const { answers } = await beside(refreshes, () => make(operator, person));
        for (const { status } of answers) expect([200, 400]).toContain(status);
        expect(await livingOf(url, [...sessions, ...pairsOf(answers)])).toEqual([]);
        await expectOneGoodPassword(person);
      });
    },
  );
});
