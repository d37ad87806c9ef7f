import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientEpochs } from '../../../src/clients/client-epochs.js';
import { ClientRegistry } from '../../../src/clients/client-registry.js';
import { OPERATOR } from '../../../src/platform/audit/audit.js';
import { Sessions } from '../../../src/sessions/sessions.js';
import { AuthorizationCodes, type NewCode } from '../../../src/tokens/authorization-codes.js';
import { Passwords } from '../../../src/users/passwords.js';
import type { User } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import type { TestClient } from '../../support/clients.js';
import { addApplication, codeRow, INVALID_CODE, issueCode, redeem } from '../../support/codes.js';
import type { Answer } from '../../support/http.js';
import { somebody } from '../../support/people.js';
import {
  auditLog,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  sessionRows,
  statusOf,
} from '../../support/refresh.js';

describe('the end of an authorization code', () => {
  let service: TestApp;
  let client: TestClient;
  let person: User;
  let code: string;

  const issue = (changes: Partial<NewCode> = {}) =>
    issueCode(service, { user: person, client: { id: client.id, epoch: 0 }, ...changes });
  const trade = (fields: Record<string, string | undefined> = {}) =>
    redeem(service, client, code, fields);

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    client = await addApplication(service);
    person = await somebody(service);
    code = await issue();
  });
  afterAll(() => service.close());

  describe('is, before it was used,', () => {
    const users = () => service.app.get(UsersService);
    const registry = () => service.app.get(ClientRegistry);
    const disable = (disabled: boolean) =>
      registry().change(client.id, () => ({ disabled }), OPERATOR);

    async function expectDead(): Promise<void> {
      expect(await trade()).toMatchObject(INVALID_CODE);
      expect(await codeRow(service, code)).toMatchObject({ usedAt: null });
    }

    it('a password change', async () => {
      await service.app.get(Passwords).set(person.id, 'another garden');
      await expectDead();
    });

    it('the end of all sessions of its user', async () => {
      await users().endSessions(person.id);
      await expectDead();
    });

    it('the end of everyone’s sessions, of which `session end --all` ends either half', async () => {
      await users().endAllSessions();
      await expectDead();
      person = await somebody(service);
      code = await issue();
      await service.app.get(ClientEpochs).endAll();
      await expectDead();
    });

    it('the disabling of its user, and stays so when the user is enabled', async () => {
      await users().change(person, { disabled: true });
      await expectDead();
      await users().change(person, { disabled: false });
      await expectDead();
    });

    it('the disabling of its client, and stays so when the client is enabled', async () => {
      await disable(true);
      expect((await trade()).status).toBe(401);
      await disable(false);
      await expectDead();
    });

    it('the withdrawal of the client’s secrets', async () => {
      client = await addApplication(service, { confidential: true });
      code = await issue();
      await registry().withdrawSecrets(client.id, 'none', () => undefined, OPERATOR);
      const secret = await registry().makeSecret(client.id, () => undefined, OPERATOR);
      client = { ...client, secret };
      await expectDead();
    });

    it('the deletion of its user', async () => {
      await users().delete(person);
      expect(await trade()).toMatchObject(INVALID_CODE);
      expect(await codeRow(service, code)).toBeNull();
    });

    it('its withdrawal, which leaves alone other users, other clients and what was used', async () => {
      const pair = pairOf(await trade());
      const open = await issue();
      const ofAlice = await issue({ user: await somebody(service) });
      const other = await addApplication(service);
      const ofOther = await issue({ client: { id: other.id, epoch: 0 } });
      await service.app.get(AuthorizationCodes).withdraw(person.id, client.id);
      expect(await codeRow(service, open)).toBeNull();
      expect(await redeem(service, client, open)).toMatchObject(INVALID_CODE);
      pairOf(await redeem(service, client, ofAlice));
      pairOf(await redeem(service, other, ofOther));
      expect(await statusOf(service, pair.access)).toBe(200);
      expect(await trade()).toMatchObject(INVALID_CODE); // and so a replay is still known
      expect(await statusOf(service, pair.access)).toBe(401);
    });
  });

  describe('a code that comes again (OAuth 2.1 §4.1.3)', () => {
    it('ends the session that it opened: access token, refresh token and all', async () => {
      const pair = pairOf(await trade());
      expect(await statusOf(service, pair.access)).toBe(200); // and remembered
      const next = pairOf(await refresh(service, pair.refresh, { client_id: client.id }));
      expect(await trade()).toMatchObject(INVALID_CODE);
      expect(await rowOf(service, pair)).toMatchObject({
        revokedReason: 'authorization_code_reuse',
      });
      for (const { access, refresh: token } of [pair, next]) {
        expect(await statusOf(service, access)).toBe(401);
        expect((await refresh(service, token, { client_id: client.id })).status).toBe(400);
      }
    });

    it('ends it whatever verifier comes along, and after the code would have expired', async () => {
      const [pair, other] = [pairOf(await trade()), code];
      code = await issue();
      const second = pairOf(await trade());
      expect(await trade({ code_verifier: 'x' })).toMatchObject(INVALID_CODE);
      expect(await statusOf(service, second.access)).toBe(401);
      service.clock.forward({ seconds: 600 });
      expect(await statusOf(service, pair.access)).toBe(200);
      expect(await redeem(service, client, other)).toMatchObject(INVALID_CODE);
      expect(await statusOf(service, pair.access)).toBe(401);
    });

    it('leaves the other sessions alone', async () => {
      const other = pairOf(await redeem(service, client, await issue()));
      await trade();
      await trade();
      expect(await statusOf(service, other.access)).toBe(200);
    });

    it('is written down once: that it came, and what that has ended', async () => {
      const pair = pairOf(await trade());
      for (let time = 0; time < 3; time += 1) await trade();
      const by = { actor: `client:${client.id}`, userId: person.id, ip: '127.0.0.1' };
      expect(await auditLog(service, sessionIdOf(pair))).toMatchObject([
        { event: 'session.ended', reason: 'authorization_code_reuse', ...by },
        { event: 'authorization_code.refused', reason: 'reused', result: 'refused', ...by },
      ]);
    });

    it.each(['before', 'after'])(
      'ends it in the very moment %s it opens, and the first is refused as well',
      async (moment) => {
        const sessions = service.app.get(Sessions);
        const open = sessions.open.bind(sessions);
        let replay: Answer | undefined;
        vi.spyOn(sessions, 'open').mockImplementationOnce(async (session) => {
          if (moment === 'before') replay = await trade();
          const opened = await open(session);
          if (moment === 'after') replay = await trade();
          return opened;
        });
        expect(await trade()).toMatchObject(INVALID_CODE);
        expect(replay).toMatchObject(INVALID_CODE);
        const { sessionId: id } = (await codeRow(service, code)) ?? {};
        const row = await sessionRows(service).findOneByOrFail({ id: id as string });
        expect(row.revokedReason).toBe('authorization_code_reuse');
      },
    );

    it('is refused where its session is gone, as after a crash in between', async () => {
      const pair = pairOf(await trade());
      await sessionRows(service).delete({ id: sessionIdOf(pair) });
      expect(await trade()).toMatchObject(INVALID_CODE);
      expect((await codeRow(service, code))?.replayedAt).not.toBeNull();
    });
  });
});
