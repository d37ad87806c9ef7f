import { createPublicKey, verify } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ASYMMETRIC_ALGORITHMS } from '../../src/keys/key-pair.js';
import { Keys } from '../../src/keys/keys.js';
import { startApp, type TestApp } from '../support/app.js';
import { forge, forgeHmac, headerOf } from '../support/forge.js';
import { bearer, call, signIn } from '../support/http.js';

const JWT_SECRET = 'jwt-only-Qz7vX2mK9pLw4RtB8nYc3DfH';

describe('TOKEN_ALGORITHM', () => {
  let service: TestApp;
  const me = (token: string) => call(`${service.url}/users/me`, { headers: bearer(token) });
  const jwks = async () =>
    (await call(`${service.url}/.well-known/jwks.json`)).body.keys as (Record<string, string> & {
      kid: string;
    })[];

  afterEach(() => service.close());

  it.each([
    ['ES256', ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
    ['RS256', ['alg', 'e', 'kid', 'kty', 'n', 'use']],
  ])('%s signs tokens that anyone verifies with the published key', async (algorithm, members) => {
    service = await startApp({ env: { TOKEN_ALGORITHM: algorithm } });
    const token = await signIn(service.url);
    const key = (await jwks()).find(({ alg }) => alg === algorithm);
    if (!key) throw new Error('it is not in the JWKS');
    expect(Object.keys(key).toSorted()).toEqual(members);
    expect(headerOf(token)).toEqual({ alg: algorithm, typ: 'at+jwt', kid: key.kid });

    const [header, payload, signature = ''] = token.split('.');
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const options = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
    const good = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      options,
      Buffer.from(signature, 'base64url'),
    );
    expect(good).toBe(true);
    expect((await me(token)).status).toBe(200);
  });

  it.each(['ES256', 'RS256', 'HS256'])(
    '%s takes no access token that a key of id_tokens has signed',
    async (algorithm) => {
      const env = { TOKEN_ALGORITHM: algorithm };
      service = await startApp({ env: algorithm === 'HS256' ? { ...env, JWT_SECRET } : env });
      const token = await signIn(service.url);
      const others = ASYMMETRIC_ALGORITHMS.filter((alg) => alg !== algorithm);
      for (const alg of others) {
        const { kid, signWith: key } = service.app.get(Keys).currentOf(alg);
        expect((await jwks()).map((jwk) => jwk.kid)).toContain(kid);
        for (const header of [{ alg, kid }, { kid }, { alg }]) {
          const { status } = await me(forge(service, token, { key, header }));
          expect([alg, header, status]).toEqual([alg, header, 401]);
        }
      }
      expect((await me(token)).status).toBe(200);
    },
  );

  it('HS256 signs with JWT_SECRET, which is never published', async () => {
    service = await startApp({ env: { TOKEN_ALGORITHM: 'HS256', JWT_SECRET } });
    const token = await signIn(service.url);
    expect((await jwks()).map(({ kty }) => kty)).toEqual(['EC', 'RSA']);
    expect(headerOf(token)['alg']).toBe('HS256');
    expect((await me(token)).status).toBe(200);
    expect((await me(forgeHmac(token, {}, JWT_SECRET))).status).toBe(200);
    expect((await me(forgeHmac(token, {}, 'guess'))).status).toBe(401);
    expect((await me(forgeHmac(token, { header: { alg: 'HS512' } }, JWT_SECRET))).status).toBe(401);
  });

  it('RS256 refuses what an RSA key signed under another name', async () => {
    service = await startApp({ env: { TOKEN_ALGORITHM: 'RS256' } });
    const token = await signIn(service.url);
    expect((await me(forge(service, token, {}))).status).toBe(200);
    for (const alg of ['PS256', 'RS512', 'ES256']) {
      expect((await me(forge(service, token, { header: { alg } }))).status).toBe(401);
    }
  });
});
