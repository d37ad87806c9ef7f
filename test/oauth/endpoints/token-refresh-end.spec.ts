import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiveSessions } from '../../../src/sessions/live-sessions.js';
import { Changes } from '../../../src/platform/changes.js';
import { User } from '../../../src/users/user.entity.js';
import { Passwords } from '../../../src/users/passwords.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, deleteClient } from '../../support/clients.js';
import { claimsOf } from '../../support/forge.js';
import { bearer, call } from '../../support/http.js';
import { comparable, oauthError } from '../../support/oauth.js';
import {
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  sessionRows,
  statusOf,
} from '../../support/refresh.js';
import { introspect } from '../../support/tokens.js';

const IDLE = 2000;
const MAX_AGE = 5000;
const env = {
  REFRESH_TOKEN_TTL_SECONDS: String(IDLE),
  SESSION_MAX_AGE_SECONDS: String(MAX_AGE),
};

describe('the end of refreshing', () => {
  let service: TestApp;
  let users: UsersService;
  let user: User;
  let pair: Pair;
  let people = 0;

  const signIn = () => openSession(service, { username: user.username, password: 'password' });
  const untilExpiry = async () => (await rowOf(service, pair)).expiresAt - service.clock.now();

  async function expectEnded(): Promise<void> {
    const answer = await refresh(service, pair.refresh);
    expect(answer).toMatchObject(INVALID_REFRESH_TOKEN);
    expect(comparable(answer)).toEqual(comparable(await refresh(service, 'x')));
    expect((await rowOf(service, pair)).generation).toBe(0);
  }

  /** What the person sees. */
  async function listed({ access }: Pair): Promise<string[]> {
    const { body } = await call(`${service.url}/users/me/sessions`, { headers: bearer(access) });
    return (body.items as { id: string }[]).map(({ id }) => id);
  }

  /** What the operator sees of the person. */
  async function liveIds(): Promise<string[]> {
    const found: string[] = [];
    const whose = { userId: user.id };
    for await (const { id } of service.app.get(LiveSessions).each(whose)) found.push(id);
    return found;
  }

  beforeAll(async () => {
    service = await startApp({ env });
    users = service.app.get(UsersService);
  });
  beforeEach(async () => {
    user = await users.create({ username: `person${(people += 1)}`, password: 'password' });
    pair = await signIn();
  });
  afterAll(() => service.close());

  describe('by time (RFC 9700 §4.14.2)', () => {
    it('comes after REFRESH_TOKEN_TTL_SECONDS without a refresh', async () => {
      service.clock.forward({ seconds: (await untilExpiry()) - 5 });
      const next = pairOf(await refresh(service, pair.refresh));
      const { expiresAt, lastUsedAt } = await rowOf(service, next);
      expect(expiresAt).toBe(lastUsedAt + IDLE);
      service.clock.forward({ seconds: IDLE });
      expect(await refresh(service, next.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    });

    it('comes at that very second', async () => {
      service.clock.forward({ seconds: await untilExpiry() });
      await expectEnded();
    });

    it('comes SESSION_MAX_AGE_SECONDS after the sign-in at the latest, for access tokens too', async () => {
      const { createdAt } = await rowOf(service, pair);
      let now = pair;
      while (createdAt + MAX_AGE - service.clock.now() > 1000) {
        service.clock.forward({ seconds: 900 });
        now = pairOf(await refresh(service, now.refresh));
        const { expiresAt } = await rowOf(service, now);
        expect(expiresAt).toBeLessThanOrEqual(createdAt + MAX_AGE);
        expect(claimsOf(now.access)['exp']).toBeLessThanOrEqual(createdAt + MAX_AGE);
      }
      service.clock.forward({ seconds: 300 });
      const last = await refresh(service, now.refresh);
      const { exp, iat } = claimsOf(pairOf(last).access) as { exp: number; iat: number };
      expect(exp).toBe(createdAt + MAX_AGE);
      expect(last.body.expires_in).toBe(exp - iat);
      expect((await rowOf(service, now)).expiresAt).toBe(createdAt + MAX_AGE);
      service.clock.forward({ seconds: exp - service.clock.now() });
      expect(await statusOf(service, pairOf(last).access)).toBe(401);
      expect(await refresh(service, pairOf(last).refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    });

    it('comes for all that is older than a lowered SESSION_MAX_AGE_SECONDS, wherever one looks', async () => {
      const reader = await addClient(service, { scopes: ['tokens:introspect'] });
      const worth = async () => [
        (await introspect(service.url, pair.refresh, reader)).body,
        (await introspect(service.url, pair.access, reader)).body,
      ];
      const { id, createdAt } = await rowOf(service, pair);
      const other = await signIn();
      await sessionRows(service).update({ id }, { createdAt: createdAt - MAX_AGE + 60 });
      const [exp, ...rest] = (await worth()).map((body) => body.exp as number);
      expect(exp).toBe(createdAt + 60);
      expect(rest).toEqual([claimsOf(pair.access)['exp']]);
      expect(await listed(other)).toContain(id);
      service.clock.forward({ seconds: 60 });
      expect(await worth()).toEqual([{ active: false }, { active: false }]);
      expect(await statusOf(service, pair.access)).toBe(401);
      expect(await listed(other)).toEqual([sessionIdOf(other)]);
      expect(await liveIds()).toEqual([sessionIdOf(other)]);
      await expectEnded();
    });
  });

  describe('by what happens to the user', () => {
    it('comes when the user is disabled, and stays when it is enabled again', async () => {
      await users.change({ id: user.id }, { disabled: true });
      await expectEnded();
      await users.change({ id: user.id }, { disabled: false });
      await expectEnded();
      pairOf(await refresh(service, (await signIn()).refresh));
    });

    it('comes with a new password', async () => {
      await service.app.get(Passwords).set(user.id, 'another password');
      await expectEnded();
    });

    it('comes when every session of the user is ended, and another user’s goes on', async () => {
      const other = await openSession(service);
      await users.endSessions(user.id);
      await expectEnded();
      pairOf(await refresh(service, other.refresh));
    });

    it('comes with the account’s deletion', async () => {
      const rows: Repository<User> = service.app.get(getRepositoryToken(User));
      await rows.delete({ id: user.id });
      service.app.get(Changes).announce({ of: 'user', id: user.id });
      expect(await refresh(service, pair.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
      expect(await statusOf(service, pair.access)).toBe(401);
    });
  });

  describe('by what happens to the client', () => {
    let id: string;
    const refreshed = () => refresh(service, pair.refresh, { client_id: id });

    beforeEach(async () => {
      ({ id } = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password', 'refresh_token'],
        scopes: 'unrestricted',
      }));
      pair = await openSession(service, {
        username: user.username,
        password: 'password',
        client_id: id,
      });
    });

    it('comes when it is disabled: 401 invalid_client, as for any grant', async () => {
      await changeClient(service, id, { disabled: true });
      expect(await refreshed()).toMatchObject(
        oauthError(401, 'invalid_client', 'Client authentication failed'),
      );
      expect(await statusOf(service, pair.access)).toBe(401);
    });

    it('comes with its epoch, which disabling it raises, and stays when it is enabled', async () => {
      await changeClient(service, id, { epoch: 1 });
      expect(await refreshed()).toMatchObject(INVALID_REFRESH_TOKEN);
      expect(await statusOf(service, pair.access)).toBe(401);
    });

    it('comes with its deletion', async () => {
      await deleteClient(service, id);
      expect(await refreshed()).toMatchObject(
        oauthError(401, 'invalid_client', 'Client authentication failed'),
      );
      expect(await statusOf(service, pair.access)).toBe(401);
    });

    it('comes when the grant is taken from it, while access tokens live on', async () => {
      await changeClient(service, id, { grants: ['password'] });
      expect(await refreshed()).toMatchObject(oauthError(400, 'unauthorized_client', /grant/));
      expect(await statusOf(service, pair.access)).toBe(200);
    });
  });
});
