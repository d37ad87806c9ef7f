import { createHash } from 'node:crypto';

/** Header `typ` of an ID token, so that it never passes for an access token. RFC 8725 §3.11. */
export const ID_TOKEN_TYPE = 'JWT';

/** Characters. Longer than any that is issued here; what is longer is not worth decoding. */
export const LONGEST_ID_TOKEN = 8192;

/** OpenID Connect Core §2, with the `sid` of Front-Channel Logout 1.0 §3. Times in epoch seconds. */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  /** the client */
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  /** when the person typed a password */
  readonly auth_time: number;
  /** as the request had it; left out when it had none */
  readonly nonce?: string;
  readonly at_hash: string;
  readonly sid: string;
}

/** What an ID token tells of the sign-in it was made for. */
export interface IdTokenHint {
  readonly sub: string;
  readonly clientId: string;
  readonly sid: string;
}

/** Half of what SHA-256 makes of the access token, for RS256 as for ES256. OpenID Connect Core §3.1.3.6. */
export function accessTokenHash(accessToken: string): string {
  const digest = createHash('sha256').update(accessToken, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/**
 * Reads an ID token that comes back as a hint; its signature is good. When it expired does not matter:
 * it says who somebody was, and opens nothing. OpenID Connect Core §3.1.2.1, RP-Initiated Logout 1.0 §4.
 *
 * @returns undefined when it is none of this issuer
 */
export function checkIdTokenHint(payload: unknown, issuer: string): IdTokenHint | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { iss, sub, aud, sid } = payload as Record<string, unknown>;
  if (iss !== issuer || aud === issuer) return undefined; // an access token is for us, not for a client
  return isText(sub) && isText(aud) && isText(sid) ? { sub, clientId: aud, sid } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
