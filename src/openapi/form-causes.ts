import { problem } from '../platform/http/problem.js';
import {
  IncorrectPassword,
  InvalidClient,
  InvalidGrant,
  InvalidRequest,
  InvalidScope,
  type OAuthError,
  TemporarilyUnavailable,
  UnauthorizedClient,
  UnsupportedGrantType,
} from '../protocol/errors.js';
import { describeScope } from '../protocol/scope.js';
import { GRANT_TYPES } from '../protocol/token-request.js';
import { broken, type Cause, databaseDown, tooLarge, tooManyRequests } from './causes.js';

const GRANTS = `grant_type must be one of: ${GRANT_TYPES.join(', ')}`;

/** Why an OAuth endpoint refuses its form. RFC 6749 §5.2, RFC 7009 §2.2.1. */
export function formCauses(path: string): Cause[] {
  if (path === '/token') return [...shapeCauses('password'), ...tokenCauses(), ...failures()];
  const foreign = new InvalidGrant('The token was not issued to this client');
  return [
    ...shapeCauses('token'),
    ...(path === '/revoke' ? [refused('not_yours', 'The token of another client', foreign)] : []),
    refused('bad_client', 'A client that does not prove who it is', new InvalidClient()),
    ...failures(),
  ];
}

function shapeCauses(field: string): Cause[] {
  return [
    refused('missing_field', 'A field is missing', new InvalidRequest(`${field} is missing`)),
    refused(
      'no_form',
      'JSON, or another type',
      new InvalidRequest('Send a plain form (application/x-www-form-urlencoded)'),
    ),
    withCode('invalid_request', tooLarge()),
  ];
}

function tokenCauses(): Cause[] {
  return [
    refused('unknown_grant', 'An unknown grant_type', new UnsupportedGrantType(GRANTS)),
    refused(
      'grant_beyond',
      'A grant that the client may not use',
      new UnauthorizedClient('This client may not use this grant'),
    ),
    refused(
      'scope_beyond',
      'A scope that you may not have',
      new InvalidScope(describeScope('tasks:admin')),
    ),
    refused(
      'bad_refresh_token',
      'A refresh token that is wrong, expired or was used before',
      new InvalidGrant('The refresh token is invalid'),
    ),
    refused(
      'bad_code',
      'A code that is wrong, expired or was used before, or comes without what belongs to it',
      new InvalidGrant('The code is invalid'),
    ),
    refused(
      'wrong_password',
      'A wrong password, an unknown or a disabled user',
      new IncorrectPassword(''),
    ),
    refused(
      'bad_client',
      'An unknown client, a wrong secret, or one too many',
      new InvalidClient(),
    ),
    refused(
      'too_many_attempts',
      'Too many wrong passwords',
      new TemporarilyUnavailable(429, 'Too many attempts, try again later', 840),
    ),
    refused(
      'busy',
      'Too many sign-ins at once',
      new TemporarilyUnavailable(503, 'Too many sign-ins at once, try again', 2),
    ),
  ];
}

function failures(): Cause[] {
  return [
    withCode('temporarily_unavailable', tooManyRequests()),
    withCode('server_error', broken()),
    withCode('temporarily_unavailable', databaseDown()),
  ];
}

function refused(name: string, summary: string, error: OAuthError): Cause {
  const { status, description, headers, code } = error;
  return withCode(code, { name, summary, body: problem(status, description), headers });
}

function withCode(error: string, cause: Cause): Cause {
  const oauth = { error, error_description: cause.body.detail };
  return { ...cause, body: { ...oauth, ...cause.body } };
}
