import { InvalidRequest, UnsupportedGrantType } from './errors.js';
import { type FormPairs, plainParameters } from './form.js';
import type { RegistrableGrant } from './grant-types.js';
import { parseScope } from './scope.js';

/** What each grant must be sent, besides `grant_type`. A new grant starts with its line here. */
const REQUIRED = {
  password: ['username', 'password'], // RFC 6749 §4.3.2
  refresh_token: ['refresh_token'], // §6
  client_credentials: [], // §4.4.2
  authorization_code: ['code', 'code_verifier'], // §4.1.3, RFC 7636 §4.5
} as const satisfies Partial<Record<RegistrableGrant, readonly Parameter[]>>;

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
  readonly redirect_uri: string | undefined;
} & Readonly<Record<(typeof REQUIRED)[G][number], string>>;

/**
 * Reads a token request out of its form, rule by rule. RFC 6749 §3.2, §4.
 *
 * @throws {InvalidRequest} naming the parameter that is repeated, nested or missing
 * @throws {UnsupportedGrantType}
 * @throws {InvalidScope}
 */
export function parseTokenRequest(pairs: FormPairs): TokenRequest {
  const form = plainParameters(pairs, TOKEN_PARAMETERS);
  const grantType = grantTypeOf(form);
  const fields = REQUIRED[grantType].map((name) => [name, required(form, name)]);
  const scope = parseScope(form.get('scope') ?? '');
  return {
    ...Object.fromEntries(fields),
    grant_type: grantType,
    scope: scope.length > 0 ? scope : undefined, // one of nothing but spaces names none either
    client_id: form.get('client_id'),
    client_secret: form.get('client_secret'),
    redirect_uri: form.get('redirect_uri'),
  };
}

/** FastAPI's form is lenient about a missing grant_type, so a name or a password says enough. */
function grantTypeOf(form: ReadonlyMap<string, string>): GrantType {
  const named = form.get('grant_type');
  if (named === undefined && (form.has('username') || form.has('password'))) return 'password';
  if (named === undefined) throw new InvalidRequest('grant_type is missing');
  if (!Object.hasOwn(REQUIRED, named)) {
    throw new UnsupportedGrantType(`grant_type must be one of: ${GRANT_TYPES.join(', ')}`);
  }
  return named as GrantType;
}

function required(form: ReadonlyMap<string, string>, name: Parameter): string {
  const value = form.get(name);
  if (value === undefined) throw new InvalidRequest(`${name} is missing`);
  return value;
}
