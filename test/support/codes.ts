import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Client } from '../../src/clients/client.entity.js';
import type { Clock } from '../../src/platform/clock.js';
import { codeChallengeOf } from '../../src/protocol/pkce.js';
import { AuthorizationCode } from '../../src/tokens/authorization-code.entity.js';
import { AuthorizationCodes, type NewCode } from '../../src/tokens/authorization-codes.js';
import { hashAuthorizationCode } from '../../src/tokens/code-text.js';
import type { TestApp } from './app.js';
import { addClient, type TestClient } from './clients.js';
import { type Answer, postForm } from './http.js';
import { oauthError } from './oauth.js';

/** That of RFC 7636, appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const REDIRECT_URI = 'https://app.example.com/callback';

/** The service, or a part of it. */
interface Place {
  readonly app: Pick<TestApp['app'], 'get'>;
  readonly clock: Clock;
}

/** The one answer to whatever is wrong with a code. */
export const INVALID_CODE = oauthError(400, 'invalid_grant', 'The code is invalid');

/** A public application of ours that people sign in to, unless told otherwise. */
export function addApplication(service: Place, changes: Partial<Client> = {}): Promise<TestClient> {
  return addClient(service, {
    confidential: false,
    firstParty: true,
    grants: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'email', 'tasks:read', 'users:read'],
    redirectUris: [REDIRECT_URI],
    ...changes,
  });
}

/** A code as the authorization endpoint issues it, unless told otherwise. */
export function issueCode(
  { app, clock }: Place,
  code: Partial<NewCode> & Pick<NewCode, 'client' | 'user'>,
): Promise<string> {
  return app.get(AuthorizationCodes).issue({
    redirectUri: REDIRECT_URI,
    redirectUriSent: true,
    codeChallenge: codeChallengeOf(VERIFIER),
    scope: ['profile', 'tasks:read'],
    nonce: undefined,
    authTime: clock.now(),
    ...code,
  });
}

/** What a client sends for a code, with a secret where it has one. */
export function codeForm({ id, secret }: TestClient, code: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: REDIRECT_URI,
    client_id: id,
    ...(secret === '' ? {} : { client_secret: secret }),
  };
}

/** Trades a code; undefined takes a field away. */
export function redeem(
  { url }: Pick<TestApp, 'url'>,
  client: TestClient,
  code: string,
  fields: Record<string, string | undefined> = {},
): Promise<Answer> {
  const sent = Object.entries({ ...codeForm(client, code), ...fields }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return postForm(`${url}/token`, Object.fromEntries(sent));
}

/** The row of a code as it is now; null when it is gone. */
export function codeRow(
  { app }: Pick<TestApp, 'app'>,
  code: string,
): Promise<AuthorizationCode | null> {
  const rows: Repository<AuthorizationCode> = app.get(getRepositoryToken(AuthorizationCode));
  return rows.findOneBy({ codeHash: hashAuthorizationCode(code) });
}
