import { hkdfSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatRefreshToken, readRefreshToken } from '../../../src/protocol/refresh-token.js';
import { startApp, TEST_SECRET, type TestApp } from '../../support/app.js';
import { addClient, changeClient } from '../../support/clients.js';
import { claimsOf } from '../../support/forge.js';
import { type Answer, bearer, call, postForm, sendJson } from '../../support/http.js';
import { askToken, comparable, oauthError, usualScope } from '../../support/oauth.js';
import {
  auditLog,
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  statusOf,
} from '../../support/refresh.js';

const key = (secret: string) =>
  Buffer.from(hkdfSync('sha256', secret, '', 'hallpass/refresh-token/v1', 32));
const KEY = key(TEST_SECRET);
const NOBODYS_SESSION = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13';

describe('POST /token grant_type=refresh_token (RFC 6749 §6)', () => {
  let service: TestApp;
  let pair: Pair;

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    pair = await openSession(service);
  });
  afterAll(() => service.close());

  /** That a refusal has cost nothing: neither the token nor a line in the log. */
  async function expectUntouched(): Promise<void> {
    expect(await rowOf(service, pair)).toMatchObject({ generation: 0, revokedAt: null });
    expect(await auditLog(service, sessionIdOf(pair))).toEqual([]);
    expect(await statusOf(service, pair.access)).toBe(200);
    pairOf(await refresh(service, pair.refresh));
  }

  it('answers as a sign-in does, with a new pair of the same session', async () => {
    const answer = await refresh(service, pair.refresh);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      token_type: 'bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^hp_rt_[\w-]{76}$/) as string,
      scope: usualScope(),
    });
    const next = pairOf(answer);
    const { iat: _iat, exp: _exp, jti, ...before } = claimsOf(pair.access);
    expect(claimsOf(next.access)).toMatchObject(before);
    expect(claimsOf(next.access)['jti']).not.toBe(jti);
    expect(await statusOf(service, next.access)).toBe(200);
    expect(await statusOf(service, pair.access)).toBe(200); // it lives as long as it said
  });

  it('derives the token as design D3 says, from session, generation and AUTH_SECRET', async () => {
    const sessionId = sessionIdOf(pair);
    expect(pair.refresh).toBe(formatRefreshToken({ sessionId, generation: 0 }, KEY));
    const next = pairOf(await refresh(service, pair.refresh));
    expect(readRefreshToken(next.refresh, [KEY])).toEqual({ sessionId, generation: 1 });
  });

  it('writes down that the session was used, and no line of the audit log', async () => {
    const before = await rowOf(service, pair);
    service.clock.forward({ seconds: 100 });
    await refresh(service, pair.refresh);
    const after = await rowOf(service, pair);
    expect(after.generation).toBe(1);
    expect(after.lastUsedAt - before.lastUsedAt).toBeGreaterThanOrEqual(100);
    expect(after.expiresAt).toBe(after.lastUsedAt + service.settings.REFRESH_TOKEN_TTL_SECONDS);
    expect(after.rotatedAt).toBeGreaterThanOrEqual(after.lastUsedAt * 1000);
    expect(await auditLog(service, sessionIdOf(pair))).toEqual([]);
  });

  describe('refuses in one and the same answer', () => {
    const ended = async () => {
      const other = await openSession(service, { username: 'alice', password: 'secret2' });
      const { url } = service;
      await call(`${url}/users/me/sessions/${sessionIdOf(other)}`, {
        method: 'DELETE',
        headers: bearer(other.access),
      });
      return other.refresh;
    };
    const spent = async () => {
      const other = await openSession(service);
      const second = pairOf(await refresh(service, other.refresh));
      await refresh(service, second.refresh);
      return other.refresh;
    };
    const anothers = async () => {
      const { id } = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password', 'refresh_token'],
        scopes: 'unrestricted',
      });
      return (await openSession(service, { client_id: id })).refresh;
    };

    it.each<[string, () => string | Promise<string>]>([
      ['what is no token', () => 'x'],
      ['an access token', () => pair.access],
      ['a token with its last character changed', () => `${pair.refresh.slice(0, -1)}~`],
      ['one of a MAC that is wrong', () => `hp_rt_${'A'.repeat(76)}`],
      [
        'one under another secret',
        () => formatRefreshToken({ sessionId: sessionIdOf(pair), generation: 0 }, key('other')),
      ],
      [
        'one of a session that is not there',
        () => formatRefreshToken({ sessionId: NOBODYS_SESSION, generation: 0 }, KEY),
      ],
      ['one of a session that was ended', ended],
      ['one that is two generations old', spent],
      ['one of another client', anothers],
    ])('%s: 400, The refresh token is invalid', async (_what, token) => {
      const answer = await refresh(service, await token());
      expect(answer).toMatchObject(INVALID_REFRESH_TOKEN);
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(comparable(answer)).toEqual(comparable(await refresh(service, 'x')));
      await expectUntouched();
    });
  });

  it('ends nothing when another client presents the token, and writes nothing (RFC 6749 §10.4)', async () => {
    const other = await addClient(service, { grants: ['refresh_token'] });
    const answer = await refresh(service, pair.refresh, {}, other.credentials);
    expect(answer).toMatchObject(INVALID_REFRESH_TOKEN);
    await expectUntouched();
  });

  it('asks a confidential client for its secret, and a token of it for nothing else', async () => {
    const client = await addClient(service, {
      firstParty: true,
      grants: ['password', 'refresh_token'],
      scopes: ['tasks:read'],
    });
    const own = await openSession(service, {}, client.credentials);
    const unproven = await refresh(service, own.refresh, { client_id: client.id });
    expect(unproven).toMatchObject(
      oauthError(401, 'invalid_client', 'Client authentication failed'),
    );
    expect(await refresh(service, own.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    const next = pairOf(await refresh(service, own.refresh, {}, client.credentials));
    expect(claimsOf(next.access)).toMatchObject({ client_id: client.id, scope: 'tasks:read' });
  });

  it('is not given to a client without the grant, which may not use one either', async () => {
    const { id } = await addClient(service, {
      confidential: false,
      firstParty: true,
      grants: ['password'],
      scopes: 'unrestricted',
    });
    const { status, body } = await askToken(service.url, { client_id: id });
    expect({ status, refresh_token: body.refresh_token }).toEqual({ status: 200 });
    const sessionId = sessionIdOf({ access: body.access_token as string });
    const made = formatRefreshToken({ sessionId, generation: 0 }, KEY);
    const refused = await refresh(service, made, { client_id: id });
    expect(refused).toMatchObject(
      oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
    );
    await changeClient(service, id, { grants: ['password', 'refresh_token'] });
    pairOf(await refresh(service, made, { client_id: id }));
  });

  it('needs the field, once, and not in the query', async () => {
    const { url } = service;
    const form = { grant_type: 'refresh_token' };
    const twice = `grant_type=refresh_token&refresh_token=${pair.refresh}&refresh_token=${pair.refresh}`;
    const refused: Answer[] = [
      await postForm(`${url}/token`, form),
      await postForm(`${url}/token`, { ...form, refresh_token: '' }),
      await postForm(`${url}/token`, twice),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject(oauthError(400, 'invalid_request', /refresh_token/));
    }
    const inQuery = await postForm(`${url}/token?refresh_token=${pair.refresh}`, form);
    expect(inQuery).toMatchObject(oauthError(400, 'invalid_request', /./));
    await expectUntouched();
  });

  it('ignores a username and a password beside it, and asks no password', async () => {
    const fields = { username: 'alice', password: 'wrong' };
    const next = pairOf(await refresh(service, pair.refresh, fields));
    expect(claimsOf(next.access)['sub']).toBe(service.people.johndoe.id);
  });

  it('is no bearer token: 401 (RFC 6750 §3.1)', async () => {
    const answer = await call(`${service.url}/users/me`, { headers: bearer(pair.refresh) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    await expectUntouched();
  });

  describe('with a scope', () => {
    const write = (token: string) =>
      sendJson(`${service.url}/tasks`, 'POST', { title: 'x' }, token);

    it('narrows this access token alone: the session keeps its own', async () => {
      const narrow = await refresh(service, pair.refresh, { scope: 'tasks:read' });
      expect(narrow.body.scope).toBe('tasks:read');
      expect(claimsOf(pairOf(narrow).access)['scope']).toBe('tasks:read');
      expect((await write(pairOf(narrow).access)).status).toBe(403);
      expect((await rowOf(service, pair)).scope).toBe(usualScope());

      const wide = await refresh(service, pairOf(narrow).refresh);
      expect(wide.body.scope).toBe(usualScope());
      expect((await write(pairOf(wide).access)).status).toBe(201);
    });

    it('is widened by nobody, an administrator included, and the token still works after', async () => {
      const own = await openSession(service, { scope: 'tasks:read' });
      for (const scope of ['tasks:write', 'tasks:read tasks:write', 'users:read']) {
        const refused = await refresh(service, own.refresh, { scope });
        const excess = scope.replace('tasks:read ', '');
        expect(refused).toMatchObject(
          oauthError(400, 'invalid_scope', `The scope ${excess} is not allowed`),
        );
      }
      expect(await rowOf(service, own)).toMatchObject({ generation: 0, revokedAt: null });
      const next = await refresh(service, own.refresh);
      expect(next.body.scope).toBe('tasks:read');
      pairOf(next);
    });

    it.each(['nope', 'TASKS:READ', 'tasks:read"', 'tasks:read,tasks:write'])(
      'that is %s is refused, and costs nothing',
      async (scope) => {
        const refused = await refresh(service, pair.refresh, { scope });
        expect(refused).toMatchObject(oauthError(400, 'invalid_scope', /./));
        await expectUntouched();
      },
    );

    it('that is empty counts as not sent (RFC 6749 §3.1)', async () => {
      const next = await refresh(service, pair.refresh, { scope: '' });
      expect(next.body.scope).toBe(usualScope());
    });
  });
});
