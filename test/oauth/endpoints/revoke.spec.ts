import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuditEntry } from '../../../src/platform/audit/audit-entry.entity.js';
import { RevokedToken } from '../../../src/tokens/revoked-token.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, type TestClient } from '../../support/clients.js';
import { claimsOf, forge, unsigned } from '../../support/forge.js';
import { bearer, call, postForm } from '../../support/http.js';
import { basic, oauthError } from '../../support/oauth.js';
import {
  type Grant,
  machineToken,
  refresh,
  revoke as revokeAt,
  secretRoute,
  signInFully,
} from '../../support/tokens.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');
const ANOTHERS = oauthError(400, 'invalid_grant', 'The token was not issued to this client');
const INVALID = oauthError(400, 'invalid_grant', 'The refresh token is invalid');

describe('POST /revoke (RFC 7009)', () => {
  let service: TestApp;
  let mine: Grant;
  const revoke = (token: string, client?: TestClient, fields = {}) =>
    revokeAt(service.url, token, client, fields);
  const opens = async (token: string) => (await secretRoute(service.url, token)) === 200;
  const rows = <E extends object>(entity: new () => E) =>
    service.app.get<Repository<E>>(getRepositoryToken(entity));

  async function expectAlive({ access_token, refresh_token }: Grant): Promise<void> {
    expect(await secretRoute(service.url, access_token)).toBe(200);
    expect((await refresh(service.url, refresh_token)).status).toBe(200);
  }

  async function expectEnded({ access_token, refresh_token }: Grant): Promise<void> {
    const answer = await call(`${service.url}/items/secret`, { headers: bearer(access_token) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await refresh(service.url, refresh_token)).toMatchObject(INVALID);
  }

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    mine = await signInFully(service.url);
    expect(await opens(mine.access_token)).toBe(true); // and remembered from now on
  });
  afterAll(() => service.close());

  describe('of a user’s token', () => {
    it.each(['access_token', 'refresh_token'] as const)(
      'ends the whole session by its %s, at the next request',
      async (which) => {
        const other = await signInFully(service.url);
        const answer = await revoke(mine[which]);
        expect(answer).toMatchObject({ status: 200, text: '' });
        await expectEnded(mine);
        await expectAlive(other);
      },
    );

    it.each([
      ['an access token called a refresh token', 'access_token', 'refresh_token'],
      ['a refresh token called an access token', 'refresh_token', 'access_token'],
      ['a refresh token called what nobody knows', 'refresh_token', 'id_token'],
      ['an access token with an empty hint', 'access_token', ''],
    ] as const)('finds %s (§2.1: the hint only hints)', async (_what, which, hint) => {
      expect((await revoke(mine[which], undefined, { token_type_hint: hint })).status).toBe(200);
      await expectEnded(mine);
    });

    it('ends it by a refresh token of any generation whose MAC is good', async () => {
      const second = (await refresh(service.url, mine.refresh_token)).body as Grant;
      const third = (await refresh(service.url, second.refresh_token)).body as Grant;
      expect((await revoke(mine.refresh_token)).status).toBe(200);
      await expectEnded(third);
      expect(await opens(second.access_token)).toBe(false);
    });

    it('ends nothing by a refresh token whose MAC is not', async () => {
      const last = mine.refresh_token.at(-1) === 'A' ? 'B' : 'A';
      expect((await revoke(mine.refresh_token.slice(0, -1) + last)).status).toBe(200);
      await expectAlive(mine);
    });

    it('answers the second time as the first, and the audit log has it once', async () => {
      expect((await revoke(mine.refresh_token)).status).toBe(200);
      expect((await revoke(mine.refresh_token)).status).toBe(200);
      expect((await revoke(mine.access_token)).status).toBe(200);
      const subject = `session:${String(claimsOf(mine.access_token)['sid'])}`;
      const entries = await rows(AuditEntry).findBy({ subject });
      expect(entries).toMatchObject([
        { event: 'session.ended', reason: 'token_revoked', actor: 'client:hallpass' },
      ]);
    });

    it('is no way back for what was revoked by a token of another spelling', async () => {
      await revoke(mine.access_token);
      const [header, payload, signature = ''] = mine.access_token.split('.');
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      for (const bits of [1, 2, 3]) {
        const last = alphabet[alphabet.indexOf(signature.at(-1) as string) ^ bits] as string;
        const other = `${header}.${payload}.${signature.slice(0, -1)}${last}`;
        expect(await opens(other)).toBe(false);
      }
    });

    it('is 200 and ends nothing when the access token has expired', async () => {
      const now = service.clock.now();
      const expired = forge(service, mine.access_token, { claims: { exp: now - 1 } });
      expect(await revoke(expired)).toMatchObject({ status: 200, text: '' });
      await expectAlive(mine);
    });
  });

  describe('of what is no token of ours is 200 without a body (§2.2)', () => {
    it.each<[string, () => string]>([
      ['any text', () => 'no-such-token'],
      ['a text of NUL', () => '\0'],
      ['a text of half a character', () => '\ufffd'],
      ['60 KB', () => 'x'.repeat(60_000)],
      ['a refresh token of zeros', () => `hp_rt_${'A'.repeat(76)}`],
      ['our token without its signature', () => `${unsigned(mine.access_token, {})}.`],
      [
        'our jti and sid, unsigned',
        () => `${unsigned(mine.access_token, { header: { alg: 'none' } })}.`,
      ],
      [
        'our claims, signed by nobody',
        () => `${unsigned(mine.access_token, {})}.${Buffer.alloc(64, 1).toString('base64url')}`,
      ],
    ])('%s', async (_what, token) => {
      expect(await revoke(token())).toMatchObject({ status: 200, text: '' });
      await expectAlive(mine);
    });
  });

  describe('of another client’s token is 400 invalid_grant and ends nothing (§2.1)', () => {
    let other: TestClient;
    beforeAll(async () => {
      other = await addClient(service, { grants: ['client_credentials'] });
    });

    it.each(['access_token', 'refresh_token'] as const)('a user’s %s', async (which) => {
      expect(await revoke(mine[which], other)).toMatchObject(ANOTHERS);
      await expectAlive(mine);
    });

    it('a refresh token of an earlier generation', async () => {
      const next = (await refresh(service.url, mine.refresh_token)).body as Grant;
      expect(await revoke(mine.refresh_token, other)).toMatchObject(ANOTHERS);
      await expectAlive(next);
    });

    it('a machine’s token, by another machine and by the built-in client', async () => {
      const owner = await addClient(service);
      const token = await machineToken(service.url, owner);
      expect(await revoke(token, other)).toMatchObject(ANOTHERS);
      expect(await revoke(token)).toMatchObject(ANOTHERS);
      expect(await opens(token)).toBe(true);
    });

    it('not even with tokens:introspect, which only reads', async () => {
      const reader = await addClient(service, { scopes: ['tokens:introspect'] });
      expect(await revoke(mine.access_token, reader)).toMatchObject(ANOTHERS);
      await expectAlive(mine);
    });

    it('a user’s token of a confidential client, by the built-in one', async () => {
      const grants = ['password', 'refresh_token'] as const;
      const app = await addClient(service, { firstParty: true, grants, scopes: 'unrestricted' });
      const fields = { client_id: app.id, client_secret: app.secret };
      const theirs = await signInFully(service.url, fields);
      expect(await revoke(theirs.access_token)).toMatchObject(ANOTHERS);
      expect(await revoke(theirs.refresh_token)).toMatchObject(ANOTHERS);
      expect(await opens(theirs.access_token)).toBe(true);
      expect((await revoke(theirs.refresh_token, app)).status).toBe(200);
      expect(await opens(theirs.access_token)).toBe(false);
      expect(await refresh(service.url, theirs.refresh_token, fields)).toMatchObject(INVALID);
    });
  });

  describe('of a machine’s token', () => {
    it('ends that token, and no other of the machine', async () => {
      const client = await addClient(service);
      const [token, sibling] = [
        await machineToken(service.url, client),
        await machineToken(service.url, client),
      ];
      expect(await opens(token)).toBe(true);
      expect(await revoke(token, client)).toMatchObject({ status: 200, text: '' });
      expect(await opens(token)).toBe(false);
      expect(await opens(sibling)).toBe(true);
      expect(await opens(await machineToken(service.url, client))).toBe(true);
    });

    it('keeps one row until it would have expired, also when it is revoked twice', async () => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      await Promise.all([revoke(token, client), revoke(token, client), revoke(token, client)]);
      expect((await revoke(token, client)).status).toBe(200);
      const { jti, exp } = claimsOf(token);
      expect(await rows(RevokedToken).findBy({ jti: String(jti) })).toEqual([
        { jti, expiresAt: exp },
      ]);
    });

    it('ends nothing by a forgery with its jti', async () => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      const input = unsigned(token, { claims: { exp: service.clock.now() + 1e6 } });
      for (const signature of ['', token.split('.')[2], Buffer.alloc(64, 1).toString('base64url')])
        expect((await revoke(`${input}.${signature}`, client)).status).toBe(200);
      expect(await rows(RevokedToken).existsBy({ jti: String(claimsOf(token)['jti']) })).toBe(
        false,
      );
      expect(await opens(token)).toBe(true);
    });
  });

  describe('the client', () => {
    it.each<[string, Record<string, string>, Record<string, string>]>([
      ['none', {}, {}],
      ['client_id=hallpass', { client_id: 'hallpass' }, {}],
      ['Basic with an empty secret', {}, basic('hallpass:')],
      ['Swagger UI’s empty Basic', {}, { authorization: 'Basic Og==' }],
      ['a stale Bearer token', {}, bearer('stale')],
    ])('named by %s is the built-in one', async (_what, fields, headers) => {
      const form = { token: mine.refresh_token, ...fields };
      expect((await postForm(`${service.url}/revoke`, form, headers)).status).toBe(200);
      await expectEnded(mine);
    });

    it('that is public names itself and needs no more', async () => {
      const id = 'a-public-app';
      const grants = ['password', 'refresh_token'] as const;
      const app = { id, confidential: false, firstParty: true, grants };
      await addClient(service, { ...app, scopes: 'unrestricted' });
      const theirs = await signInFully(service.url, { client_id: id });
      const form = { token: theirs.access_token, client_id: id };
      expect((await postForm(`${service.url}/revoke`, form)).status).toBe(200);
      expect(await opens(theirs.access_token)).toBe(false);
    });

    it('that does not prove who it is gets 401 invalid_client, and nothing ends', async () => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      for (const [fields, headers] of [
        [{ client_id: client.id }, {}],
        [{ client_id: client.id, client_secret: 'wrong' }, {}],
        [{}, basic(`${client.id}:wrong`)],
        [{}, basic('nobody:wrong')],
        [{ client_id: 'hallpass', client_secret: 'x' }, {}],
      ] as const) {
        const answer = await postForm(`${service.url}/revoke`, { token, ...fields }, headers);
        expect(answer).toMatchObject(FAILED);
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
      }
      expect(await opens(token)).toBe(true);
    });

    it('that is disabled gets 401, also for a token of its own', async () => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      await changeClient(service, client.id, { disabled: true });
      expect(await revoke(token, client)).toMatchObject(FAILED);
    });
  });
});
