import { InvalidToken } from './bearer.js';

/** Header `typ` of an access token, which no other JWT of ours has. RFC 9068 §2.1. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** Prefix of a machine's `sub`, so that users and machines share no namespace. */
export const CLIENT_SUBJECT_PREFIX = 'client:';

/** Longer than any token issued here; what is longer is not worth decoding. */
const LONGEST_TOKEN = 8192;
const CLOCK_SKEW_SECONDS = 5;
const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);

export interface AccessTokenHeader {
  readonly alg: string;
  readonly kid: string;
}

/** RFC 9068 §2.2, with `sid` for the session that issued it. Times in epoch seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  /** left out when empty */
  readonly scope?: string;
  /** on every user's token, on no machine's */
  readonly sid?: string;
  /** on every machine's token: the epoch of its client when it was given */
  readonly client_epoch?: number;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/**
 * Reads the header of a token that may come from anybody. Only what is issued here is let through:
 * three canonical base64url segments and a header of exactly `alg`, `kid` and `typ`, so that `crit`,
 * `jwk`, `jku`, `b64` and a second spelling of a signature have no way in. RFC 8725 §3.
 *
 * @throws {InvalidToken}
 */
export function readAccessTokenHeader(token: string): AccessTokenHeader {
  if (token.length > LONGEST_TOKEN) throw new InvalidToken('the token is too long');
  const segments = token.split('.');
  if (segments.length !== 3) throw new InvalidToken('the token has not three segments');
  if (!segments.every(isCanonicalBase64url)) throw new InvalidToken('a segment is not base64url');
  const header = parseObject(segments[0] as string);
  if (Object.keys(header).some((member) => !HEADER_MEMBERS.has(member))) {
    throw new InvalidToken('the header has a member that is not issued here');
  }
  if (header['typ'] !== ACCESS_TOKEN_TYPE) throw new InvalidToken('typ is not at+jwt');
  return { alg: text(header, 'alg'), kid: text(header, 'kid') };
}

/**
 * Checks the claims of a token whose signature is good. RFC 9068 §4.
 *
 * @throws {InvalidToken}
 */
export function checkAccessTokenClaims(
  payload: unknown,
  expected: { issuer: string; audience: string; now: number },
): AccessTokenClaims {
  if (!isObject(payload)) throw new InvalidToken('the payload is no object');
  const claims: AccessTokenClaims = {
    iss: text(payload, 'iss'),
    aud: text(payload, 'aud'),
    sub: text(payload, 'sub'),
    client_id: text(payload, 'client_id'),
    jti: text(payload, 'jti'),
    iat: integer(payload, 'iat'),
    exp: integer(payload, 'exp'),
    ...optionalText(payload, 'scope'),
    ...optionalText(payload, 'sid'),
    ...('client_epoch' in payload ? { client_epoch: integer(payload, 'client_epoch') } : {}),
  };
  if (claims.iss !== expected.issuer) throw new InvalidToken('iss is not this server');
  if (claims.aud !== expected.audience) throw new InvalidToken('aud is not this API');
  if (claims.exp <= expected.now) throw new InvalidToken('the token has expired');
  if (claims.iat > expected.now + CLOCK_SKEW_SECONDS) throw new InvalidToken('iat is ahead');
  const notBefore = 'nbf' in payload ? integer(payload, 'nbf') : 0;
  if (notBefore > expected.now + CLOCK_SKEW_SECONDS) throw new InvalidToken('nbf is ahead');
  if (isMachine(claims) === (claims.sid !== undefined)) {
    throw new InvalidToken('a token is either of a session or of a machine');
  }
  if (isMachine(claims) && claims.sub !== machineSubject(claims.client_id)) {
    throw new InvalidToken('sub is not the client');
  }
  return claims;
}

/** The `sub` of a client that acts for itself. */
export function machineSubject(clientId: string): string {
  return CLIENT_SUBJECT_PREFIX + clientId;
}

export function isMachine(claims: Pick<AccessTokenClaims, 'sub'>): boolean {
  return claims.sub.startsWith(CLIENT_SUBJECT_PREFIX);
}

/** Other decoders forgive stray bits in the last character, and one signature gets several spellings. */
function isCanonicalBase64url(segment: string): boolean {
  return segment !== '' && Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

function parseObject(segment: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // falls through to the same refusal
  }
  throw new InvalidToken('the header is no JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(source: Record<string, unknown>, name: string): string {
  const value = source[name];
  if (typeof value !== 'string' || value === '') throw new InvalidToken(`${name} is no string`);
  return value;
}

function optionalText<N extends string>(
  source: Record<string, unknown>,
  name: N,
): Partial<Record<N, string>> {
  return name in source ? ({ [name]: text(source, name) } as Partial<Record<N, string>>) : {};
}

function integer(source: Record<string, unknown>, name: string): number {
  const value = source[name];
  if (!Number.isSafeInteger(value)) throw new InvalidToken(`${name} is no whole number`);
  return value as number;
}
