import { InvalidRequest, UnsupportedGrantType } from './errors.js';
import type { FormPairs } from './form.js';
import { parseScope } from './scope.js';

/** What each grant must be sent, besides `grant_type`. A new grant starts with its line here. */
const REQUIRED = {
  password: ['username', 'password'], // RFC 6749 §4.3.2
} as const satisfies Record<string, readonly Parameter[]>;

/** Every parameter that a token request may have. RFC 6749 §4, RFC 7636 §4.5. */
export const TOKEN_PARAMETERS = [
  'grant_type',
  'client_id',
  'client_secret',
  'scope',
  'username',
  'password',
  'refresh_token',
  'code',
  'redirect_uri',
  'code_verifier',
] as const;

type Parameter = (typeof TOKEN_PARAMETERS)[number];

export type GrantType = keyof typeof REQUIRED;

/** The grants that the token endpoint knows. */
export const GRANT_TYPES = Object.keys(REQUIRED) as GrantType[];

export type TokenRequest<G extends GrantType = GrantType> = {
  readonly grant_type: G;
  /** undefined when none is named */
  readonly scope: readonly string[] | undefined;
  readonly client_id: string | undefined;
  readonly client_secret: string | undefined;
} & Readonly<Record<(typeof REQUIRED)[G][number], string>>;

/**
 * Reads a token request out of its form, rule by rule. RFC 6749 §3.2, §4.
 *
 * @throws {InvalidRequest} naming the parameter that is repeated, nested or missing
 * @throws {UnsupportedGrantType}
 * @throws {InvalidScope}
 */
export function parseTokenRequest(pairs: FormPairs): TokenRequest {
  refuseNested(pairs);
  refuseRepeated(pairs);
  const form = sentParameters(pairs);
  const grantType = grantTypeOf(form);
  const fields = REQUIRED[grantType].map((name) => [name, required(form, name)]);
  const scope = parseScope(form.get('scope') ?? '');
  return {
    ...Object.fromEntries(fields),
    grant_type: grantType,
    scope: scope.length > 0 ? scope : undefined, // one of nothing but spaces names none either
    client_id: form.get('client_id'),
    client_secret: form.get('client_secret'),
  };
}

/** The first token parameter that a query string holds; credentials never belong in a URI. RFC 6749 §2.3.1. */
export function tokenParameterInQuery(query: string): Parameter | undefined {
  const names = new Set([...new URLSearchParams(query).keys()].map((name) => name.split('[')[0]));
  return TOKEN_PARAMETERS.find((name) => names.has(name));
}

function refuseNested(pairs: FormPairs): void {
  const nested = TOKEN_PARAMETERS.find((known) =>
    pairs.some(([name]) => name.startsWith(`${known}[`)),
  );
  if (nested) throw new InvalidRequest(`${nested} must be a plain value`);
}

function refuseRepeated(pairs: FormPairs): void {
  const repeated = TOKEN_PARAMETERS.find(
    (known) => pairs.filter(([name]) => name === known).length > 1,
  );
  if (repeated) throw new InvalidRequest(`${repeated} is sent more than once`);
}

/** An empty parameter counts as not sent, an unknown one is ignored. RFC 6749 §3.2. */
function sentParameters(pairs: FormPairs): Map<string, string> {
  return new Map(pairs.filter(([, value]) => value !== ''));
}

/** FastAPI's form is lenient about a missing grant_type, so a name or a password says enough. */
function grantTypeOf(form: Map<string, string>): GrantType {
  const named = form.get('grant_type');
  if (named === undefined && (form.has('username') || form.has('password'))) return 'password';
  if (named === undefined) throw new InvalidRequest('grant_type is missing');
  if (!Object.hasOwn(REQUIRED, named)) {
    throw new UnsupportedGrantType(`grant_type must be one of: ${GRANT_TYPES.join(', ')}`);
  }
  return named as GrantType;
}

function required(form: Map<string, string>, name: Parameter): string {
  const value = form.get(name);
  if (value === undefined) throw new InvalidRequest(`${name} is missing`);
  return value;
}
