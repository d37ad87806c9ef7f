import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeForm } from '../support/codes.js';
import { type Answer, postForm } from '../support/http.js';
import { ACCOUNT_CHANGES, type Person, personCalled } from './support/account-changes.js';
import { beside, pairsOf, times } from './support/flight.js';
import { type Operator, operatorOn } from './support/operator.js';
import { openPlace, type Place } from './support/place.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from './support/rounds.js';
import { livingOf } from './support/tokens.js';

/** D3's rule for codes: one conditional UPDATE decides, and no order of events leaves a replay alive. */
describe('an authorization code', () => {
  let place: Place;
  let url: string;
  let operator: Operator;
  let people = 0;

  beforeAll(async () => {
    place = await openPlace();
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

  const redeem = (code: string, fields: Record<string, string> = {}): Promise<Answer> =>
    postForm(`${url}/token`, { ...codeForm(operator.application, code), ...fields });
  const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status);

  it(
    `that is redeemed ${AT_ONCE} times at once gives tokens once at most, and leaves none alive`,
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      const person = await somebody();
      await runRounds(RACE_ROUNDS, async () => {
        const code = await operator.issueCode(person);
        const answers = await Promise.all(times(AT_ONCE, () => redeem(code)));
        const good = statusesOf(answers).filter((status) => status === 200);
        expect(good.length).toBeLessThanOrEqual(1);
        expect(statusesOf(answers).filter((status) => status === 400).length + good.length).toBe(
          AT_ONCE,
        );
        expect(await livingOf(url, pairsOf(answers))).toEqual([]);
        expect(await operator.liveSessionsOf(person)).toEqual([]);
      });
    },
  );

  it(
    'that comes with a right and with wrong verifiers leaves no session alive',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      const person = await somebody();
      await runRounds(RACE_ROUNDS, async () => {
        const code = await operator.issueCode(person);
        const wrong = times(4, () => () => redeem(code, { code_verifier: 'x'.repeat(43) }));
        const { answers, done } = await beside(wrong, () => redeem(code));
        expect(statusesOf(answers)).toEqual([400, 400, 400, 400]);
        expect(await livingOf(url, pairsOf([done]))).toEqual([]);
        expect(await operator.liveSessionsOf(person)).toEqual([]);
      });
    },
  );

  it.each(ACCOUNT_CHANGES)(
    'that is redeemed beside a $of leaves nothing alive',
    { timeout: timeFor(RACE_ROUNDS) },
    async ({ make }) => {
      await runRounds(RACE_ROUNDS, async () => {
        const person = await somebody();
        const codes = await Promise.all(times(4, () => operator.issueCode(person)));
        const redemptions = codes.map((code) => () => redeem(code));
        const { answers } = await beside(redemptions, () => make(operator, person));
        for (const { status } of answers) expect([200, 400]).toContain(status);
        expect(await livingOf(url, pairsOf(answers))).toEqual([]);
        expect(await operator.liveSessionsOf(person)).toEqual([]);
      });
    },
  );
});
