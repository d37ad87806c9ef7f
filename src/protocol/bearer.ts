import { REALM } from './errors.js';
import { formatScope } from './scope.js';

/** A refusal at a guarded route. RFC 6750 §3. */
export abstract class BearerError extends Error {
  abstract readonly status: number;
  readonly headers: Readonly<Record<string, string>> = {};

  /**
   * @param description sent to the client
   * @param detail for the log only
   */
  constructor(
    readonly description: string,
    readonly detail?: string,
  ) {
    super(detail ?? description);
  }
}

/** No credentials were sent: a challenge without an error code. RFC 6750 §3.1. */
export class NotAuthenticated extends BearerError {
  readonly status = 401;
  override readonly headers: Readonly<Record<string, string>>;

  /** @param scopes what the route needs */
  constructor(scopes: readonly string[] = []) {
    super('Not authenticated');
    this.headers = challenge(scopes.length > 0 ? { scope: formatScope(scopes) } : {});
  }
}

/** The token is malformed, expired, revoked, or not ours. The client learns no more than that. */
export class InvalidToken extends BearerError {
  readonly status = 401;
  override readonly headers: Readonly<Record<string, string>>;

  constructor(detail: string, description = 'Could not validate credentials') {
    super(description, detail);
    this.headers = challenge({ error: 'invalid_token', error_description: description });
  }
}

/** The user behind a good token has been disabled. */
export class InactiveUser extends InvalidToken {
  constructor() {
    super('the user is disabled', 'Inactive user');
  }
}

export class InsufficientScope extends BearerError {
  readonly status = 403;
  override readonly headers: Readonly<Record<string, string>>;

  /** @param scopes all that the route needs, also those that the token has */
  constructor(scopes: readonly string[]) {
    super('Not enough permissions');
    this.headers = challenge({ error: 'insufficient_scope', scope: formatScope(scopes) });
  }
}

/** The token is good, and of a kind that this route does not take; no other scope would help. */
export class WrongKindOfToken extends BearerError {
  readonly status = 403;

  /** @param needed 'a user's token' or 'a first-party token' */
  constructor(needed: string) {
    super(`This route needs ${needed}`);
  }
}

/** Two Authorization headers: which one is meant cannot be known. RFC 6750 §3.1. */
export class AmbiguousCredentials extends BearerError {
  readonly status = 400;
  override readonly headers = challenge({ error: 'invalid_request' });

  constructor() {
    super('Two Authorization headers were sent');
  }
}

/**
 * Takes the token out of the Authorization header. RFC 6750 §2.1; the scheme in any case.
 *
 * @param authorization every Authorization header of the request
 * @returns null when there is no Bearer credential, so also for another scheme and a bare `Bearer`
 * @throws {AmbiguousCredentials} on two headers
 * @throws {InvalidToken} on what is no b64token
 */
export function bearerToken(authorization: readonly string[]): string | null {
  if (authorization.length > 1) throw new AmbiguousCredentials();
  const [credentials = ''] = authorization;
  const token = /^bearer +([\w.~+/-]+=*)\s*$/i.exec(credentials)?.[1];
  if (token) return token;
  if (/^bearer \s*\S/i.test(credentials)) {
    throw new InvalidToken('the credential is not a b64token');
  }
  return null;
}

function challenge(parameters: Record<string, string>): { 'www-authenticate': string } {
  const parts = Object.entries({ realm: REALM, ...parameters });
  return {
    'www-authenticate': `Bearer ${parts.map(([name, value]) => `${name}="${value}"`).join(', ')}`,
  };
}
