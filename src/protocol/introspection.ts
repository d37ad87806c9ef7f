import { formatScope } from './scope.js';

/** What is said of a token. RFC 7662 §2.2. Times in epoch seconds. */
export type Introspection = { readonly active: false } | ActiveToken;

interface ActiveToken {
  readonly active: true;
  readonly client_id: string;
  readonly sub: string;
  /** a user's, never a machine's */
  readonly username?: string;
  readonly scope: string;
  /** left out for a refresh token, which opens no route */
  readonly token_type?: 'bearer';
  readonly iss: string;
  readonly aud?: string;
  readonly iat?: number;
  readonly exp: number;
  readonly jti?: string;
  readonly sid?: string;
}

/** Of everything that is not active, or not the caller's business: nothing else. RFC 7662 §2.2. */
export const INACTIVE: Introspection = { active: false };

/** @param scope what of the token's scope counts now */
export function activeToken(
  token: Omit<ActiveToken, 'active' | 'scope'>,
  scope: readonly string[],
): Introspection {
  return { active: true, scope: formatScope(scope), ...token };
}
