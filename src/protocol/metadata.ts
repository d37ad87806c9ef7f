import { PROMPTS } from './authorization-parameters.js';

/** What a client has to know of an authorization server. RFC 8414 §2. */
export interface ServerMetadata extends AuthorizationMetadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly revocation_endpoint: string;
  readonly introspection_endpoint: string;
  readonly scopes_supported: readonly string[];
  /** left out while no client has any */
  readonly grant_types_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly service_documentation?: string;
}

/** All left out while no client may use codes. RFC 8414 §2, RFC 7636 §6.2, RFC 9207 §3. */
interface AuthorizationMetadata {
  readonly authorization_endpoint?: string;
  readonly response_types_supported?: readonly string[];
  readonly response_modes_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
}

/** The same for a relying party. OpenID Connect Discovery 1.0 §3, RP-Initiated Logout 1.0 §2.1. */
export interface OpenIdConfiguration extends ServerMetadata {
  readonly userinfo_endpoint: string;
  readonly end_session_endpoint: string;
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly claim_types_supported: readonly string[];
  readonly claims_supported: readonly string[];
  /** Initiating User Registration via OpenID Connect 1.0 §4; left out while no client may use codes */
  readonly prompt_values_supported?: readonly string[];
  readonly ui_locales_supported: readonly string[];
  readonly claims_parameter_supported: boolean;
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
}

export interface ServerFacts {
  /** without a trailing slash */
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** what at least one client may use now */
  readonly grants: readonly string[];
  readonly hasDocs: boolean;
}

const CONFIDENTIAL_METHODS = ['client_secret_basic', 'client_secret_post'];
const ANY_METHODS = [...CONFIDENTIAL_METHODS, 'none'];

/** Of an ID token and of /userinfo. OpenID Connect Core §2, §5.1. */
const CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'at_hash',
  'sid',
  'name',
  'preferred_username',
  'updated_at',
  'email',
  'email_verified',
];

/** Only what works is listed, and an empty array must be left out. RFC 8414 §3.2. */
export function serverMetadata(facts: ServerFacts): ServerMetadata {
  const { issuer } = facts;
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    ...(givesCodes(facts) ? authorizationMetadata(issuer) : {}),
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    scopes_supported: facts.scopes,
    ...(facts.grants.length > 0 ? { grant_types_supported: facts.grants } : {}),
    token_endpoint_auth_methods_supported: ANY_METHODS,
    revocation_endpoint_auth_methods_supported: ANY_METHODS,
    introspection_endpoint_auth_methods_supported: CONFIDENTIAL_METHODS,
    ...(facts.hasDocs ? { service_documentation: `${issuer}/docs` } : {}),
  };
}

/** @param facts with the languages of the pages for people, in the tags of RFC 5646 */
export function openIdConfiguration(
  facts: ServerFacts & { readonly languages: readonly string[] },
): OpenIdConfiguration {
  const { issuer } = facts;
  return {
    ...serverMetadata(facts),
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/sign-out`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    claim_types_supported: ['normal'],
    claims_supported: CLAIMS,
    ...(givesCodes(facts) ? { prompt_values_supported: PROMPTS } : {}),
    ui_locales_supported: facts.languages,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false, // left out it would be true
  };
}

function givesCodes({ grants }: ServerFacts): boolean {
  return grants.includes('authorization_code');
}

function authorizationMetadata(issuer: string): AuthorizationMetadata {
  return {
    authorization_endpoint: `${issuer}/authorize`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}
