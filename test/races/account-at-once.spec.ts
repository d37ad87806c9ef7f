import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountLinks } from '../../src/users/account-links.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { onPostgres, throwAwayDatabase, type ThrowAwayDatabase } from '../support/database.js';
import { postForm } from '../support/http.js';
import { ACCOUNT_CHANGES, OLD_PASSWORD, personCalled } from './support/account-changes.js';
import { beside, pairsOf, statusesOf, times } from './support/flight.js';
import { RACE_ROUNDS, runRounds, timeFor } from './support/rounds.js';
import { askMe, livingOf, openSession, type Pair, refresh } from './support/tokens.js';

/** D4: whoever changes a user writes, lets every cache know, then answers. Made by the server itself here. */
describe.each(ACCOUNT_CHANGES)('a $of', ({ make, passwordAfter }) => {
  let service: TestApp;
  let users: UsersService;
  let file: ThrowAwayDatabase | undefined;
  let people = 0;

  beforeAll(async () => {
    file = onPostgres ? undefined : await throwAwayDatabase();
    service = await startApp({ env: file ? { DATABASE_URL: file.url } : {} });
    users = service.app.get(UsersService);
  });
  afterAll(async () => {
    await service.close();
    await file?.drop();
  });

  it(
    'is felt by the next request, among sign-ins, refreshes and calls in flight',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      const { url, app } = service;
      const [passwords, links] = [app.get(Passwords), app.get(AccountLinks)];
      await runRounds(RACE_ROUNDS, async () => {
        const credentials = { username: `person-${++people}`, password: OLD_PASSWORD };
        const { id } = await users.create(personCalled(credentials.username));
        const sessions = await Promise.all(times(8, () => openSession(url, credentials)));
        const [first] = sessions as [Pair];
        const sends = [
          ...sessions.map((pair) => () => askMe(url, pair)), // each a look-up of its own
          ...times(6, () => () => postForm(`${url}/token`, credentials)),
          ...times(6, () => () => refresh(url, first)),
        ].toSorted(() => Math.random() - 0.5);
        const { answers, before, done } = await beside(sends, async () => {
          await make({ users, passwords, links }, { id, ...credentials });
          return Promise.all(sessions.map((pair) => askMe(url, pair)));
        });
        expect(statusesOf(done)).toEqual([401]);
        for (const { status } of answers) expect([200, 400, 401]).toContain(status);
        const mayLive = passwordAfter === OLD_PASSWORD; // what signed in after the change
        const given = pairsOf((mayLive ? before : answers).filter(({ body }) => body.access_token));
        expect(await livingOf(url, [...sessions, ...given])).toEqual([]);
      });
    },
  );
});
