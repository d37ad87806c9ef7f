import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SYSTEM } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { InactiveUser, InvalidToken } from '../../src/protocol/bearer.js';
import { Principals } from '../../src/sessions/principals.js';
import { RefreshTokens } from '../../src/sessions/refresh-tokens.js';
import { Session } from '../../src/sessions/session.entity.js';
import { Sessions } from '../../src/sessions/sessions.js';
import { User } from '../../src/users/user.entity.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';

const ORIGIN = { ip: '127.0.0.1', userAgent: undefined, requestId: newId() };

describe('Principals', () => {
  let service: TestApp;
  let principals: Principals;
  let rows: Repository<Session>;
  let users: UsersService;
  let made = 0;

  beforeAll(async () => {
    service = await startApp();
    principals = service.app.get(Principals);
    users = service.app.get(UsersService);
    rows = service.app.get(getRepositoryToken(Session));
  });
  afterAll(() => service.close());
  afterEach(() => vi.restoreAllMocks());

  /** A new user with one live session. */
  async function signedIn(): Promise<{ user: User; session: Session }> {
    const user = await users.create({ username: `person${(made += 1)}`, password: 'password' });
    const session = await service.app.get(Sessions).open({
      user,
      client: { id: 'hallpass', epoch: 0 },
      scope: [],
      origin: ORIGIN,
    });
    return { user, session };
  }

  /** The database takes its time to answer, as one over a network does. */
  function slowReads(ms: number) {
    const read = rows.query.bind(rows);
    return vi.spyOn(rows, 'query').mockImplementation(async (sql, parameters) => {
      const row: unknown = await read(sql, parameters);
      await sleep(ms);
      return row;
    });
  }

  it('asks the database once, and then not for a while', async () => {
    const { user, session } = await signedIn();
    const reads = vi.spyOn(rows, 'query');
    for (let i = 0; i < 20; i += 1) await principals.find(session.id, user.id);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('shares one read among requests that miss at the same time', async () => {
    const { user, session } = await signedIn();
    const reads = slowReads(20);
    await Promise.all(Array.from({ length: 50 }, () => principals.find(session.id, user.id)));
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('never answers for a session under another user, cached or not', async () => {
    const { user, session } = await signedIn();
    const other = await signedIn();
    await principals.find(session.id, user.id);
    await expect(async () => principals.find(session.id, other.user.id)).rejects.toThrow(
      InvalidToken,
    );
  });

  it.each([
    ['disabled', (user: User) => users.change({ id: user.id }, { disabled: true }), InactiveUser],
    [
      'given a new password',
      (user: User) => service.app.get(Passwords).set(user.id, 'other'),
      InvalidToken,
    ],
  ])(
    'says no once the user was %s, to the first question after the answer',
    async (_what, change, refusal) => {
      const { user, session } = await signedIn();
      await principals.find(session.id, user.id);
      await change(user);
      await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(refusal);
    },
  );

  it('says no once the session was ended', async () => {
    const { user, session } = await signedIn();
    await principals.find(session.id, user.id);
    await service.app.get(Sessions).end(session, 'signed_out', SYSTEM);
    await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(InvalidToken);
  });

  it('does not answer, nor remember, what it read before a change that came while it read', async () => {
    const { user, session } = await signedIn();
    const reads = slowReads(60);
    const early = Promise.resolve(principals.find(session.id, user.id));
    const outcome = early.catch((error: unknown) => error);
    await sleep(20); // the row has been read by now, and is on its way
    await users.change({ id: user.id }, { disabled: true });
    expect(await outcome).toBeInstanceOf(InactiveUser);
    expect(reads.mock.calls.length).toBeGreaterThan(1);
    await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(InactiveUser);
  });

  it('sees within a second what another process changed', async () => {
    const { user, session } = await signedIn();
    await principals.find(session.id, user.id);
    await rows.update({ id: session.id }, { revokedAt: 1, revokedReason: 'elsewhere' });
    await sleep(1050);
    await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(InvalidToken);
  });

  it('does not call a session expired that was refreshed since it was read', async () => {
    const { user, session } = await signedIn();
    await principals.find(session.id, user.id);
    const refreshTokens = service.app.get(RefreshTokens);
    const { REFRESH_TOKEN_TTL_SECONDS } = service.settings;
    service.clock.forward({ seconds: REFRESH_TOKEN_TTL_SECONDS - 60 });
    const presented = await refreshTokens.present(refreshTokens.of(session), { id: 'hallpass' });
    await refreshTokens.rotate(presented, ORIGIN);
    service.clock.forward({ seconds: 60 });
    const { session: refreshed } = await principals.find(session.id, user.id);
    expect(refreshed.generation).toBe(1);
    service.clock.forward({ seconds: REFRESH_TOKEN_TTL_SECONDS });
    await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(InvalidToken);
  });

  it('lets a user in again, in a new session, after being enabled', async () => {
    const { user, session } = await signedIn();
    await users.change({ id: user.id }, { disabled: true });
    await users.change({ id: user.id }, { disabled: false });
    await expect(async () => principals.find(session.id, user.id)).rejects.toThrow(InvalidToken);
    const token = await signIn(service.url, user.username, 'password');
    const answer = await call(`${service.url}/users/me`, { headers: bearer(token) });
    expect(answer.status).toBe(200);
  });

  it('is 503 with Retry-After, never 401 and never a yes, while the database does not answer', async () => {
    const token = await signIn(service.url);
    const down = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), {
      code: 'ECONNREFUSED',
    });
    vi.spyOn(rows, 'query').mockRejectedValue(down);
    const answer = await call(`${service.url}/users/me`, { headers: bearer(token) });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.text).not.toContain('10.0.0.1');
  });
});
