export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'temporarily_unavailable';

/** The protection space that every challenge names. RFC 9110 §11.5. */
export const REALM = 'hallpass';

/** An error that an OAuth endpoint answers with. RFC 6749 §5.2. */
export abstract class OAuthError extends Error {
  abstract readonly code: OAuthErrorCode;
  readonly status: number = 400;
  readonly headers: Readonly<Record<string, string>> = {};

  /**
   * @param description sent to the client; the same words for every cause that must stay secret
   * @param detail for the log only
   */
  constructor(
    readonly description: string,
    readonly detail?: string,
  ) {
    super(detail ?? description);
  }
}

/** A parameter is missing, repeated or malformed. */
export class InvalidRequest extends OAuthError {
  readonly code = 'invalid_request';
}

/** The client is unknown, disabled, or did not prove who it is. The answer tells no cause from another. */
export class InvalidClient extends OAuthError {
  readonly code = 'invalid_client';
  override readonly status = 401;
  override readonly headers = { 'www-authenticate': `Basic realm="${REALM}"` };

  constructor(detail?: string) {
    super('Client authentication failed', detail);
  }
}

/** The code, password or refresh token is wrong, expired, used, or another client's. */
export class InvalidGrant extends OAuthError {
  readonly code: OAuthErrorCode = 'invalid_grant';
}

/**
 * The username or the password is wrong, or the user is disabled.
 * 401 with a Bearer challenge as in FastAPI's tutorial, where RFC 6749 §5.2 has 400.
 */
export class IncorrectPassword extends InvalidGrant {
  override readonly status = 401;
  override readonly headers = { 'www-authenticate': `Bearer realm="${REALM}"` };

  constructor(detail: string) {
    super('Incorrect username or password', detail);
  }
}

/** This client may not use this grant. */
export class UnauthorizedClient extends OAuthError {
  readonly code = 'unauthorized_client';
}

export class UnsupportedGrantType extends OAuthError {
  readonly code = 'unsupported_grant_type';
}

/** A scope is malformed, or more than the client or the user may have. */
export class InvalidScope extends OAuthError {
  readonly code = 'invalid_scope';
}

/** Nothing is wrong with the request but its time: too many attempts (429), or the service is busy (503). */
export class TemporarilyUnavailable extends OAuthError {
  readonly code = 'temporarily_unavailable';
  override readonly headers: Readonly<Record<string, string>>;

  /** @param retryAfter seconds, whole */
  constructor(
    override readonly status: 429 | 503,
    description: string,
    retryAfter: number,
  ) {
    super(description);
    this.headers = { 'retry-after': String(retryAfter) };
  }
}
