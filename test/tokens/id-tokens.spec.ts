import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/clients/client.entity.js';
import { Clients } from '../../src/clients/clients.js';
import { Keys } from '../../src/keys/keys.js';
import { Rotation } from '../../src/keys/rotation.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import { accessTokenHash } from '../../src/protocol/id-token.js';
import { IdTokens } from '../../src/tokens/id-tokens.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { claimsOf, forge, headerOf, unsigned } from '../support/forge.js';
import { bearer, call } from '../support/http.js';
import { introspect, signInFully } from '../support/tokens.js';

const SID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a99';
const JWT_SECRET = 'jwt-only-Qz7vX2mK9pLw4RtB8nYc3DfH';

describe('IdTokens', () => {
  let service: TestApp;
  let client: Client;
  let tokens: IdTokens;

  const start = async (env: Record<string, string> = {}) => {
    service = await startApp({ env });
    tokens = service.app.get(IdTokens);
    client = (await service.app.get(Clients).find('hallpass')) as Client;
  };
  const sign = (changes: Partial<Parameters<IdTokens['sign']>[0]> = {}) =>
    tokens.sign({
      userId: service.people.alice.id,
      client,
      sid: SID,
      authTime: service.clock.now() - 60,
      nonce: 'n-0S6_WzA2Mj',
      accessToken: 'an access token',
      ...changes,
    });
  const hint = () => ({ sub: service.people.alice.id, clientId: 'hallpass', sid: SID });

  afterEach(() => service.close());

  it.each(['ES256', 'RS256', 'HS256'])(
    'signs what anyone verifies by the JWKS, with the algorithm of the client, whatever access tokens have: %s',
    async (TOKEN_ALGORITHM) => {
      await start(
        TOKEN_ALGORITHM === 'HS256' ? { TOKEN_ALGORITHM, JWT_SECRET } : { TOKEN_ALGORITHM },
      );
      const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
      for (const alg of ['RS256', 'ES256'] as const) {
        const text = sign({ client: { ...client, idTokenSignedResponseAlg: alg } });
        const checks = { issuer: service.url, audience: 'hallpass', typ: 'JWT', algorithms: [alg] };
        const { payload, protectedHeader } = await jwtVerify(text, keys, checks);
        const now = service.clock.now();
        expect(protectedHeader).toEqual({
          alg,
          typ: 'JWT',
          kid: service.app.get(Keys).currentOf(alg).kid,
        });
        expect(payload).toEqual({
          iss: service.url,
          sub: service.people.alice.id,
          aud: 'hallpass',
          exp: (payload.iat ?? 0) + 900,
          iat: expect.closeTo(now, -1) as number,
          auth_time: expect.closeTo(now - 60, -1) as number,
          nonce: 'n-0S6_WzA2Mj',
          at_hash: accessTokenHash('an access token'),
          sid: SID,
        });
      }
    },
  );

  describe('with ES256', () => {
    beforeEach(() => start());

    it('is in RS256 for a client that does not say, and has a nonce only when one was sent (Core §2)', async () => {
      const { id } = await addClient(service);
      const added = (await service.app.get(Clients).find(id)) as Client;
      const text = sign({ client: added, nonce: undefined });
      expect(headerOf(text)['alg']).toBe('RS256');
      expect(claimsOf(text)).not.toHaveProperty('nonce');
      expect(claimsOf(text)['aud']).toBe(id);
    });

    it('is never taken as an access token, nor told anything of', async () => {
      const es = sign({ client: { ...client, idTokenSignedResponseAlg: 'ES256' } });
      const machine = await addClient(service, { scopes: ['tokens:introspect'] });
      for (const text of [sign(), es]) {
        const { status } = await call(`${service.url}/users/me`, { headers: bearer(text) });
        expect(status).toBe(401);
        expect((await introspect(service.url, text, machine)).body).toEqual({ active: false });
      }
    });

    it('is a hint of who it was for, expired or of a key that has retired (RP-Initiated Logout §4)', async () => {
      const text = sign();
      expect(tokens.readHint(text)).toEqual(hint());
      service.clock.forward({ seconds: 86_400 });
      expect(tokens.readHint(text)).toEqual(hint());
      const rotation = service.app.get(Rotation);
      const made = await rotation.rotate(OPERATOR, 'RS256');
      service.clock.forward({ seconds: made.signsFrom - service.clock.now() });
      expect(headerOf(sign())['kid']).toBe(made.kid);
      expect(tokens.readHint(text)).toEqual(hint());
      await rotation.revoke(String(headerOf(text)['kid']), OPERATOR);
      expect(tokens.readHint(text)).toBeNull();
    });

    it('is no hint when it is an access token, another issuer’s, altered, unsigned or no token', async () => {
      const { access_token } = await signInFully(service.url);
      const text = sign();
      const { signWith: key } = service.app.get(Keys).currentOf('RS256');
      expect(tokens.readHint(forge(service, text, { key }))).toEqual(hint());
      const retyped = { typ: 'JWT' };
      const bad = [
        access_token,
        forge(service, access_token, { header: retyped }),
        forge(service, text, { key, header: { typ: 'at+jwt' } }),
        forge(service, text, { key, claims: { iss: 'https://other.example' } }),
        forge(service, text, { key, claims: { sub: undefined } }),
        forge(service, text, { key, header: { kid: 'other' } }),
        forge(service, text, { key, header: { alg: 'ES256' } }),
        forge(service, text, { header: {} }), // signed with the key of access tokens
        `${unsigned(text, { claims: { sub: service.people.johndoe.id } })}.${text.split('.')[2]}`,
        `${unsigned(text, { header: { alg: 'none' } })}.`,
        `${text}${'A'.repeat(8192)}`,
        '',
        'nonsense',
        'a.b.c',
        'bnVsbA.e30.x',
      ];
      expect(bad.map((one) => tokens.readHint(one))).toEqual(bad.map(() => null));
    });
  });
});
