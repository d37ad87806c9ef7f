import { problem } from '../platform/http/problem.js';
import {
  IncorrectPassword,
  InvalidClient,
  InvalidRequest,
  InvalidScope,
  type OAuthError,
  TemporarilyUnavailable,
  UnsupportedGrantType,
} from '../protocol/errors.js';
import { describeScope } from '../protocol/scope.js';
import { GRANT_TYPES } from '../protocol/token-request.js';
import { broken, type Cause, databaseDown, tooLarge } from './causes.js';

const GRANTS = `grant_type must be one of: ${GRANT_TYPES.join(', ')}`;

/** Why the token endpoint refuses. RFC 6749 §5.2. */
export function tokenCauses(): Cause[] {
  return [
    refused('missing_field', 'A field is missing', new InvalidRequest('password is missing')),
    refused(
      'no_form',
      'JSON, or another type',
      new InvalidRequest('Send a plain form (application/x-www-form-urlencoded)'),
    ),
    refused('unknown_grant', 'An unknown grant_type', new UnsupportedGrantType(GRANTS)),
    refused(
      'scope_beyond',
      'A scope that you may not have',
      new InvalidScope(describeScope('tasks:admin')),
    ),
    refused(
      'wrong_password',
      'A wrong password, an unknown or a disabled user',
      new IncorrectPassword(''),
    ),
    refused('unknown_client', 'An unknown client, or one secret too many', new InvalidClient()),
    withCode('invalid_request', tooLarge()),
    refused(
      'too_many_attempts',
      'Too many wrong passwords',
      new TemporarilyUnavailable(429, 'Too many attempts, try again later', 840),
    ),
    withCode('server_error', broken()),
    refused(
      'busy',
      'Too many sign-ins at once',
      new TemporarilyUnavailable(503, 'Too many sign-ins at once, try again', 2),
    ),
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
