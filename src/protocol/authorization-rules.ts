import {
  type AskedForCode,
  AUTHORIZATION_PARAMETERS,
  LONGEST_PARAMETERS,
  type Refusal,
} from './authorization-parameters.js';
import { InvalidScope } from './errors.js';
import { parameterFault } from './form.js';
import {
  maxAgeIsSeconds,
  noneStandsAlone,
  noRequestObject,
  promptsAreKnown,
} from './openid-rules.js';
import { isCodeChallenge } from './pkce.js';
import { parseScope } from './scope.js';

type Rule = (asked: AskedForCode) => Refusal | undefined;

/** In this order; the first that is broken is the answer. RFC 6749 §4.1.2.1. */
const RULES: readonly Rule[] = [
  eachIsSentOnce,
  noRequestObject,
  responseTypeIsCode,
  responseModeIsQuery,
  clientMayUseCodes,
  challengeIsSent,
  challengeMethodIsS256,
  challengeIsWellFormed,
  scopeIsWellFormed,
  promptsAreKnown,
  noneStandsAlone,
  maxAgeIsSeconds,
  nothingIsTooLong,
  everyTextCanBeKept,
];

/** The first rule of RFC 6749, RFC 7636 and OpenID Connect Core that a request breaks. */
export function brokenRule(asked: AskedForCode): Refusal | undefined {
  for (const rule of RULES) {
    const refusal = rule(asked);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** RFC 6749 §3.1. */
function eachIsSentOnce({ pairs }: AskedForCode): Refusal | undefined {
  const fault = parameterFault(pairs, AUTHORIZATION_PARAMETERS);
  return fault === undefined ? undefined : ['invalid_request', fault];
}

/** RFC 6749 §3.1.1; the implicit grant is not for anybody (RFC 9700 §2.1.2). */
function responseTypeIsCode({ form }: AskedForCode): Refusal | undefined {
  const type = form.get('response_type');
  if (type === undefined) return ['invalid_request', 'response_type is missing: send code'];
  return type === 'code' ? undefined : ['unsupported_response_type', 'response_type must be code'];
}

/** OAuth 2.0 Multiple Response Type Encoding Practices §2.1. */
function responseModeIsQuery({ form }: AskedForCode): Refusal | undefined {
  const mode = form.get('response_mode') ?? 'query';
  return mode === 'query' ? undefined : ['invalid_request', 'response_mode must be query'];
}

/** RFC 6749 §4.1.2.1. */
function clientMayUseCodes({ client }: AskedForCode): Refusal | undefined {
  if (client.grants.includes('authorization_code')) return undefined;
  return ['unauthorized_client', 'This client may not use the grant authorization_code'];
}

/** RFC 7636 §4.4.1, OAuth 2.1 §4.1.1: of every client, confidential or not. */
function challengeIsSent({ form }: AskedForCode): Refusal | undefined {
  if (form.has('code_challenge')) return undefined;
  return [
    'invalid_request',
    'code_challenge is missing: send the S256 code challenge of PKCE (RFC 7636)',
  ];
}

/** Left out it would mean plain, which protects from nobody who reads the request. RFC 7636 §4.3, §7.2. */
function challengeMethodIsS256({ form }: AskedForCode): Refusal | undefined {
  if (form.get('code_challenge_method') === 'S256') return undefined;
  return form.has('code_challenge_method')
    ? ['invalid_request', 'code_challenge_method must be S256']
    : ['invalid_request', 'code_challenge_method is missing: send S256'];
}

/** RFC 7636 §4.2. */
function challengeIsWellFormed({ form }: AskedForCode): Refusal | undefined {
  if (isCodeChallenge(form.get('code_challenge') ?? '')) return undefined;
  return [
    'invalid_request',
    'code_challenge must be the SHA-256 of the verifier in base64url, 43 characters without padding',
  ];
}

/** RFC 6749 §3.3. */
function scopeIsWellFormed({ form }: AskedForCode): Refusal | undefined {
  try {
    parseScope(form.get('scope') ?? '');
    return undefined;
  } catch (error) {
    if (error instanceof InvalidScope) return [error.code, error.description];
    throw error;
  }
}

function nothingIsTooLong({ form }: AskedForCode): Refusal | undefined {
  const [name, most] =
    Object.entries(LONGEST_PARAMETERS).find(
      ([one, longest]) => (form.get(one)?.length ?? 0) > longest,
    ) ?? [];
  return name ? ['invalid_request', `${name} must be at most ${most} characters`] : undefined;
}

/** PostgreSQL takes no NUL, and half of a surrogate pair has no UTF-8. */
function everyTextCanBeKept({ form }: AskedForCode): Refusal | undefined {
  const bad = AUTHORIZATION_PARAMETERS.find((name) => {
    const text = form.get(name) ?? '';
    return text.includes('\0') || !text.isWellFormed();
  });
  return bad && ['invalid_request', `${bad} must be Unicode text without NUL`];
}
