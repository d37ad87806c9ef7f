import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeChallengeOf } from '../../../src/protocol/pkce.js';
import type { NewCode } from '../../../src/tokens/authorization-codes.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, type TestClient } from '../../support/clients.js';
import {
  addApplication,
  codeForm,
  codeRow,
  INVALID_CODE,
  issueCode,
  redeem,
  REDIRECT_URI,
  VERIFIER,
} from '../../support/codes.js';
import { claimsOf } from '../../support/forge.js';
import { postForm } from '../../support/http.js';
import { basic, comparable, oauthError } from '../../support/oauth.js';
import { auditLog, pairOf, refresh, rowOf, sessionRows, statusOf } from '../../support/refresh.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');

describe('POST /token grant_type=authorization_code (RFC 6749 §4.1.3)', () => {
  let service: TestApp;
  let client: TestClient;
  let code: string;

  const issue = (changes: Partial<NewCode> = {}) =>
    issueCode(service, {
      user: service.people.alice,
      client: { id: client.id, epoch: 0 },
      ...changes,
    });
  const trade = (fields: Record<string, string | undefined> = {}) =>
    redeem(service, client, code, fields);

  beforeAll(async () => {
    service = await startApp();
    client = await addApplication(service);
  });
  beforeEach(async () => {
    code = await issue();
  });
  afterAll(() => service.close());

  it('answers with a pair that works, of the session that the code names', async () => {
    const row = await codeRow(service, code);
    const answer = await trade();
    const pair = pairOf(answer);
    expect(answer.body).toEqual({
      access_token: pair.access,
      refresh_token: pair.refresh,
      token_type: 'bearer',
      expires_in: 900,
      scope: 'profile tasks:read',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(claimsOf(pair.access)).toMatchObject({
      sub: service.people.alice.id,
      client_id: client.id,
      scope: 'profile tasks:read',
      sid: row?.sessionId,
    });
    expect(await rowOf(service, pair)).toMatchObject({ ip: '127.0.0.1', userAgent: 'node' });
    expect(await statusOf(service, pair.access)).toBe(200);
    const mine = { client_id: client.id };
    pairOf(await refresh(service, pair.refresh, mine));
  });

  it('gives no refresh token to a client without that grant', async () => {
    const { id } = await addApplication(service, { grants: ['authorization_code'] });
    code = await issue({ client: { id, epoch: 0 } });
    const { status, body } = await trade({ client_id: id });
    expect([status, body]).toEqual([200, expect.not.objectContaining({ refresh_token: '' })]);
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('takes no scope: that was asked for at the authorization endpoint', async () => {
    expect((await trade({ scope: 'tasks:read' })).body.scope).toBe('profile tasks:read');
  });

  it('signs what the user and the client may have now, and keeps the rest for later', async () => {
    code = await issue({ scope: ['profile', 'users:read', 'no:more'] });
    const answer = await trade();
    expect(answer.body.scope).toBe('profile');
    expect((await rowOf(service, pairOf(answer))).scope).toBe('profile users:read no:more');
  });

  describe('PKCE (RFC 7636 §4.6)', () => {
    const LONGEST = 'a'.repeat(128);

    it.each([
      ['another verifier', `${VERIFIER.slice(0, -1)}l`],
      ['the challenge in its place', codeChallengeOf(VERIFIER)],
      ['one that is cut', VERIFIER.slice(0, 42)],
      ['one with a space', `${VERIFIER} `],
    ])('refuses %s, and burns the code', async (_what, code_verifier) => {
      expect(await trade({ code_verifier })).toMatchObject(INVALID_CODE);
      expect((await codeRow(service, code))?.usedAt).not.toBeNull();
      expect(await trade()).toMatchObject(INVALID_CODE);
      const id = (await codeRow(service, code))?.sessionId as string;
      expect(await sessionRows(service).existsBy({ id })).toBe(false);
    });

    it.each([42, 129])('refuses a verifier of %i characters though it fits', async (length) => {
      const code_verifier = 'a'.repeat(length);
      code = await issue({ codeChallenge: codeChallengeOf(code_verifier) });
      expect(await trade({ code_verifier })).toMatchObject(INVALID_CODE);
    });

    it.each([43, 128])('takes a verifier of %i characters', async (length) => {
      const code_verifier = LONGEST.slice(0, length);
      code = await issue({ codeChallenge: codeChallengeOf(code_verifier) });
      expect((await trade({ code_verifier })).status).toBe(200);
    });

    it('asks for a verifier: without one it is 400 invalid_request, and burns nothing', async () => {
      const refused = oauthError(400, 'invalid_request', 'code_verifier is missing');
      expect(await trade({ code_verifier: undefined })).toMatchObject(refused);
      expect(await trade({ code_verifier: '' })).toMatchObject(refused);
      pairOf(await trade());
    });

    it('refuses the code of another sign-in with the own verifier (RFC 9700 §4.5)', async () => {
      const own = 'own-'.repeat(11);
      await issue({ codeChallenge: codeChallengeOf(own) });
      expect(await trade({ code_verifier: own })).toMatchObject(INVALID_CODE);
    });

    it('is written down once when it fails', async () => {
      const answer = await trade({ code_verifier: 'x'.repeat(43) });
      const { sessionId = '' } = (await codeRow(service, code)) ?? {};
      expect(await auditLog(service, sessionId)).toMatchObject([
        {
          event: 'authorization_code.refused',
          result: 'refused',
          reason: 'wrong_verifier',
          actor: `client:${client.id}`,
          userId: service.people.alice.id,
          ip: '127.0.0.1',
          requestId: answer.headers.get('x-request-id'),
        },
      ]);
    });
  });

  describe('what does not belong to the code is refused and costs it nothing:', () => {
    it.each([
      ['another redirect URI', { redirect_uri: `${REDIRECT_URI}2` }],
      ['one with a slash more', { redirect_uri: `${REDIRECT_URI}/` }],
      ['one in another case', { redirect_uri: REDIRECT_URI.replace('app', 'App') }],
      ['none where one was named', { redirect_uri: undefined }],
      ['an empty one', { redirect_uri: '' }],
      ['a code that nobody was given', { code: `hp_ac_${'x'.repeat(43)}` }],
      ['a code that is cut', { code: `hp_ac_${'x'.repeat(42)}` }],
      ['a code with more', { code: `hp_ac_${'x'.repeat(44)}` }],
      ['a text that is no code', { code: 'SplxlOBeZQQYbYS6WxSbIA' }],
      ['a text that no database takes', { code: 'hp_ac_\u0000' }],
    ])('%s', async (_what, fields) => {
      expect(await trade(fields)).toMatchObject(INVALID_CODE);
      expect(await codeRow(service, code)).toMatchObject({ usedAt: null, replayedAt: null });
      pairOf(await trade());
    });

    it('another client', async () => {
      const other = await addApplication(service);
      expect(await redeem(service, other, code)).toMatchObject(INVALID_CODE);
      pairOf(await trade());
    });

    it('another client, even once it was used', async () => {
      const pair = pairOf(await trade());
      const other = await addApplication(service);
      expect(await redeem(service, other, code)).toMatchObject(INVALID_CODE);
      expect(await trade({ redirect_uri: undefined })).toMatchObject(INVALID_CODE);
      expect(await statusOf(service, pair.access)).toBe(200);
    });
  });

  it('may name the redirect URI, or not, where the authorization request named none', async () => {
    const redirectUriSent = false;
    code = await issue({ redirectUriSent });
    expect(await trade({ redirect_uri: `${REDIRECT_URI}2` })).toMatchObject(INVALID_CODE);
    pairOf(await trade({ redirect_uri: undefined }));
    code = await issue({ redirectUriSent });
    pairOf(await trade());
  });

  it('answers every cause alike', async () => {
    const unknown = comparable(await trade({ code: 'x' }));
    expect(comparable(await trade({ redirect_uri: undefined }))).toEqual(unknown);
    expect(comparable(await trade({ code_verifier: 'x' }))).toEqual(unknown);
    expect(comparable(await trade())).toEqual(unknown);
  });

  describe('the client', () => {
    it('must be named: 401 invalid_client', async () => {
      const { client_id: _, ...form } = codeForm(client, code);
      for (const headers of [{}, basic(':')]) {
        const answer = await postForm(`${service.url}/token`, form, { ...headers });
        expect(answer).toMatchObject(FAILED);
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
      }
    });

    it('without the grant may not: 400 unauthorized_client', async () => {
      const machine = await addClient(service);
      expect(await redeem(service, machine, code)).toMatchObject(
        oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
      );
    });

    it('that has a secret proves it, in the body or as Basic; a wrong one burns nothing', async () => {
      const own = await addApplication(service, { confidential: true });
      const issued = await issue({ client: { id: own.id, epoch: 0 } });
      const wrong = { client_secret: `${own.secret}x` };
      expect(await redeem(service, own, issued, wrong)).toMatchObject(FAILED);
      const none = { client_secret: undefined };
      expect(await redeem(service, own, issued, none)).toMatchObject(FAILED);
      pairOf(await redeem(service, own, issued));
      const second = await issue({ client: { id: own.id, epoch: 0 } });
      const { client_id: _id, client_secret: _secret, ...form } = codeForm(own, second);
      pairOf(await postForm(`${service.url}/token`, form, own.credentials));
    });
  });

  describe('a code lives 60 seconds:', () => {
    beforeEach(async () => {
      service.clock.stop();
      code = await issue();
    });

    it('after 59 it is good', async () => {
      service.clock.forward({ seconds: 59 });
      expect((await trade()).status).toBe(200);
    });

    it('after 60 it is not, and a wrong verifier changes nothing of it', async () => {
      service.clock.forward({ seconds: 60 });
      expect(await trade({ code_verifier: 'x' })).toMatchObject(INVALID_CODE);
      expect(await trade()).toMatchObject(INVALID_CODE);
      expect(await codeRow(service, code)).toMatchObject({ usedAt: null, replayedAt: null });
    });
  });
});
