import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { approve } from '../support/approve.js';
import { authlibIsLeftOut, runAuthlib } from '../support/authlib.js';
import { addClient } from '../support/clients.js';

const REDIRECT = 'https://app.example/callback';
const SCOPE = 'openid profile email tasks:read';

describe.skipIf(authlibIsLeftOut())('Authlib, in Python', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    return () => service.close();
  });

  it.each([
    ['a confidential application', { confidential: true, alg: 'RS256' }],
    ['a public application', { confidential: false, alg: 'RS256' }],
    ['an application that wants ES256', { confidential: true, alg: 'ES256' }],
  ] as const)('signs somebody in, checks who it is, and refreshes: %s', async (_what, wanted) => {
    const { confidential, alg } = wanted;
    const { id, secret } = await addClient(service, {
      confidential,
      grants: ['authorization_code', 'refresh_token'],
      scopes: SCOPE.split(' '),
      redirectUris: [REDIRECT],
      idTokenSignedResponseAlg: alg,
    });
    const registration = {
      issuer: service.url,
      client_id: id,
      client_secret: confidential ? secret : null,
      redirect_uri: REDIRECT,
      scope: SCOPE,
      id_token_alg: alg,
    };
    const sub = service.people.alice.id;
    const person = { sub, preferred_username: 'alice', email: 'alice@example.com' };
    expect(await runAuthlib(registration, (url) => approve(url))).toMatchObject({
      claims: { iss: service.url, aud: id, sub },
      person: { ...person, email_verified: true },
      person_after_refresh: person,
      rotated: true,
      refusals: {
        'another nonce': 'invalid_claim',
        'another signature': 'bad_signature',
        'the code again': 'invalid_grant',
      },
    });
  });
});
