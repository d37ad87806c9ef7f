import { appendQuery } from './query.js';

/** RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'interaction_required'
  | 'login_required'
  | 'account_selection_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported';

/** Where an answer goes, and what it has to carry back. */
export interface ReturnAddress {
  /** one that matched: nothing else may ever be in here */
  readonly redirectUri: string;
  /** undefined when none was sent */
  readonly state: string | undefined;
}

/** A refusal that the client is told by way of the browser. RFC 6749 §4.1.2.1. */
export class AuthorizationError extends Error {
  /** @param description sent to the client */
  constructor(
    readonly code: AuthorizationErrorCode,
    readonly description: string,
    readonly returnTo: ReturnAddress,
  ) {
    super(description);
  }
}

/** Where the browser takes a code. RFC 6749 §4.1.2, with the issuer of RFC 9207 §2. */
export function successUrl(
  { redirectUri, state }: ReturnAddress,
  code: string,
  issuer: string,
): string {
  return appendQuery(redirectUri, { code, state, iss: issuer });
}

/** Where the browser takes a refusal. RFC 6749 §4.1.2.1, RFC 9207 §2. */
export function errorUrl(
  { code, description, returnTo }: AuthorizationError,
  issuer: string,
): string {
  return appendQuery(returnTo.redirectUri, {
    error: code,
    error_description: printable(description),
    state: returnTo.state,
    iss: issuer,
  });
}

/** %x20-21 / %x23-5B / %x5D-7E are all that error_description may hold. RFC 6749 §4.1.2.1. */
function printable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
