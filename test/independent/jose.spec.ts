import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { claimsOf, headerOf } from '../support/forge.js';
import { machineToken, signInFully } from '../support/tokens.js';

describe.each(['ES256', 'RS256'])(
  'jose verifies our access tokens by the JWKS alone (%s)',
  (alg) => {
    let service: TestApp;
    afterEach(() => service.close());

    it('a person’s and a machine’s, with every check of RFC 9068 §4', async () => {
      service = await startApp({ env: { TOKEN_ALGORITHM: alg } });
      const { url } = service;
      const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
      const checks = {
        issuer: url,
        audience: url,
        typ: 'at+jwt',
        algorithms: [alg],
        requiredClaims: ['exp', 'sub', 'client_id', 'iat', 'jti'],
      };
      const tokens = [
        (await signInFully(url)).access_token,
        await machineToken(url, await addClient(service)),
      ];
      for (const token of tokens) {
        const { payload, protectedHeader } = await jwtVerify(token, keys, checks);
        expect(payload).toEqual(claimsOf(token));
        expect(protectedHeader).toEqual(headerOf(token));
        const altered = token.replace(/\.(.)/, (_, first) => `.${first === 'e' ? 'f' : 'e'}`);
        await expect(jwtVerify(altered, keys, checks)).rejects.toThrow(errors.JOSEError);
        const elsewhere = jwtVerify(token, keys, { ...checks, audience: 'https://other.example' });
        await expect(elsewhere).rejects.toThrow(errors.JWTClaimValidationFailed);
      }
    });
  },
);
