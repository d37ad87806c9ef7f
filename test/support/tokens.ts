import { type Answer, call, bearer, postForm } from './http.js';
import type { TestClient } from './clients.js';

export interface Grant {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}

type Fields = Readonly<Record<string, string>>;

/** A user's tokens through the built-in client, or through another; fails the test when there are none. */
export async function signInFully(base: string, fields: Fields = {}): Promise<Grant> {
  const answer = await postForm(`${base}/token`, {
    username: 'johndoe',
    password: 'secret',
    ...fields,
  });
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`);
  return answer.body as Grant;
}

/** Trades a refresh token, as the built-in client unless the fields name another. */
export function refresh(base: string, refreshToken: string, fields: Fields = {}): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...fields };
  return postForm(`${base}/token`, form);
}

/** Asks for a machine's token. */
export function askMachineToken(
  base: string,
  { credentials }: Pick<TestClient, 'credentials'>,
  fields: Fields = {},
): Promise<Answer> {
  return postForm(`${base}/token`, { grant_type: 'client_credentials', ...fields }, credentials);
}

/** The same, and fails the test when there is none. */
export async function machineToken(
  base: string,
  client: Pick<TestClient, 'credentials'>,
  fields: Fields = {},
): Promise<string> {
  const answer = await askMachineToken(base, client, fields);
  if (answer.status !== 200) throw new Error(`no machine's token: ${answer.text}`);
  return answer.body.access_token as string;
}

/** Revokes a token, as the built-in client unless another is given. */
export function revoke(
  base: string,
  token: string,
  client?: Pick<TestClient, 'credentials'>,
  fields: Fields = {},
): Promise<Answer> {
  return postForm(`${base}/revoke`, { token, ...fields }, client?.credentials);
}

export function introspect(
  base: string,
  token: string,
  client: Pick<TestClient, 'credentials'>,
  fields: Fields = {},
): Promise<Answer> {
  return postForm(`${base}/introspect`, { token, ...fields }, client.credentials);
}

/** The status of a route that takes any good token, a user's and a machine's. */
export async function secretRoute(base: string, token: string): Promise<number> {
  return (await call(`${base}/items/secret`, { headers: bearer(token) })).status;
}
