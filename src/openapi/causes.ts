import type { BearerAccess, Callers } from '../auth/access.js';
import { type FieldError, problem, type Problem } from '../platform/http/problem.js';
import { BODY_LIMIT_BYTES } from '../platform/http/server.js';
import {
  AmbiguousCredentials,
  type BearerError,
  InactiveUser,
  InsufficientScope,
  InvalidToken,
  NotAuthenticated,
  WrongKindOfToken,
} from '../protocol/bearer.js';

/** One reason for an error answer, in the very words of the service. */
export interface Cause {
  /** of its example */
  readonly name: string;
  readonly summary: string;
  readonly body: Problem;
  /** names in lower case */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one cause brings is the `example`, what several bring are `examples` by their names. */
export function examplesOf(causes: readonly Cause[], valueOf: (cause: Cause) => unknown): object {
  const [only, ...more] = causes;
  if (only && more.length === 0) return { example: valueOf(only) };
  const named = causes
    .map((cause) => ({ ...cause, value: valueOf(cause) }))
    .filter(({ value }) => value !== undefined)
    .map(({ name, summary, value }) => [name, { summary, value }]);
  return { examples: Object.fromEntries(named) as object };
}

/** Why the guard refuses, or cannot tell. */
export function guardCauses({ scopes, optional, callers }: BearerAccess): Cause[] {
  const noToken = refused('no_token', 'No token, or another scheme', new NotAuthenticated(scopes));
  return [
    refused('two_tokens', 'Two Authorization headers', new AmbiguousCredentials()),
    ...(optional ? [] : [noToken]),
    refused('bad_token', 'A token that is wrong, expired or revoked', new InvalidToken('')),
    refused('disabled_user', 'The user was disabled since', new InactiveUser()),
    ...kindCauses(callers),
    ...(scopes.length > 0
      ? [refused('missing_scope', 'A token without the scope', new InsufficientScope(scopes))]
      : []),
    databaseDown(),
  ];
}

function kindCauses(callers: Callers): Cause[] {
  if (callers === 'anyone') return [];
  const noUser = new WrongKindOfToken("a user's token");
  const foreign = new WrongKindOfToken('a first-party token');
  return [
    refused('no_user', 'The token of a machine', noUser),
    ...(callers === 'first-party'
      ? [refused('no_first_party', 'The token of another application', foreign)]
      : []),
  ];
}

/** Why a body is refused before anybody looks at its fields. */
export function bodyCauses(): Cause[] {
  return [
    said('no_json', 'A body that cannot be read', 400, 'The body is not valid JSON'),
    tooLarge(),
    said('other_type', 'A form, or another type', 415, 'Send the body as application/json'),
  ];
}

export function misfit(fault: FieldError): Cause {
  const body = problem(422, `${fault.field} ${fault.message}`, { errors: [fault] });
  return { name: 'misfit', summary: 'A field that does not fit', body };
}

export function notFound(): Cause {
  return said('not_found', 'No such id', 404, 'Not found');
}

export function tooLarge(): Cause {
  const detail = `The body is larger than ${BODY_LIMIT_BYTES} bytes`;
  return said('too_large', 'A body that is too large', 413, detail);
}

export function broken(): Cause {
  const request_id = '6f1c9a52-3c0e-4d57-9b1e-0a4f6d2b7c83';
  const body = problem(500, 'Internal server error', { request_id });
  return { name: 'broken', summary: 'A fault of the service', body };
}

export function tooManyRequests(): Cause {
  return {
    ...said('too_many_requests', 'Too many requests', 429, 'Too many requests, try again later'),
    headers: { 'retry-after': '42' },
  };
}

export function databaseDown(): Cause {
  const detail = 'The database does not answer';
  return {
    ...said('database_down', 'No database', 503, detail),
    headers: { 'retry-after': '1' },
  };
}

function said(name: string, summary: string, status: number, detail: string): Cause {
  return { name, summary, body: problem(status, detail) };
}

function refused(name: string, summary: string, error: BearerError): Cause {
  const { status, description, headers } = error;
  return { name, summary, body: problem(status, description), headers };
}
