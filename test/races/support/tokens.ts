import { type Answer, bearer, call, postForm } from '../../support/http.js';

/** What a sign-in or a refresh gave. */
export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

export async function openSession(
  url: string,
  credentials: Credentials,
  headers: Record<string, string> = {},
): Promise<Pair> {
  return pairOf(await postForm(`${url}/token`, { ...credentials }, headers));
}

/** @throws {Error} when the answer has none */
export function pairOf({ status, text, body }: Answer): Pair {
  if (status !== 200) throw new Error(`no tokens but ${status}: ${text}`);
  return { accessToken: body.access_token as string, refreshToken: body.refresh_token as string };
}

export function refresh(
  url: string,
  { refreshToken }: Pick<Pair, 'refreshToken'>,
): Promise<Answer> {
  return postForm(`${url}/token`, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

export function revoke(url: string, token: string): Promise<Answer> {
  return postForm(`${url}/revoke`, { token });
}

export function askMe(url: string, { accessToken }: Pick<Pair, 'accessToken'>): Promise<Answer> {
  return call(`${url}/users/me`, { headers: bearer(accessToken) });
}

/** The `sid` of its access token. */
export function sessionOf({ accessToken }: Pick<Pair, 'accessToken'>): string {
  const [, claims = ''] = accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}

/**
 * Tries the tokens of these: each refresh token, and of each session the first and the last access
 * token. Anything but the refusal of a dead token counts, an error of the server included.
 *
 * @returns what lives; nothing, when all is well
 */
export async function livingOf(url: string, pairs: readonly Pair[]): Promise<string[]> {
  const refreshTokens = [...new Set(pairs.map(({ refreshToken }) => refreshToken))];
  const tried = await Promise.all([
    ...firstAndLast(pairs).map(async (pair) =>
      verdict('access token', await askMe(url, pair), 401),
    ),
    ...refreshTokens.map(async (refreshToken) =>
      verdict('refresh token', await refresh(url, { refreshToken }), 400),
    ),
  ]);
  return tried.filter((text) => text !== undefined);
}

function firstAndLast(pairs: readonly Pair[]): Pair[] {
  const last = new Map(pairs.map((pair) => [sessionOf(pair), pair]));
  const first = new Map(pairs.toReversed().map((pair) => [sessionOf(pair), pair]));
  return [...new Set([...first.values(), ...last.values()])];
}

function verdict(what: string, { status, text }: Answer, dead: number): string | undefined {
  return status === dead ? undefined : `${what}: ${status} ${text}`;
}
