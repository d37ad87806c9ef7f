import { LONGEST_PARAMETERS, type Prompt } from './authorization-parameters.js';
import { type RegisteredClient, safeReturn } from './authorization-redirect.js';
import { AuthorizationError } from './authorization-response.js';
import { brokenRule } from './authorization-rules.js';
import { type FormPairs, parameterFault, sentParameters } from './form.js';
import { promptsOf } from './openid-rules.js';
import { parseScope } from './scope.js';
import { localesOf } from './ui-locales.js';

export type { Prompt } from './authorization-parameters.js';
export {
  type RegisteredClient,
  requestedClientId,
  UnsafeAuthorizationRequest,
} from './authorization-redirect.js';

/** What a client asks a person for. RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** whether the request named it; then the token request must too. RFC 6749 §4.1.3 */
  readonly redirectUriSent: boolean;
  /** undefined when none is named; whether the client may have it is not looked at here */
  readonly scope: readonly string[] | undefined;
  readonly state: string | undefined;
  /** made with S256 */
  readonly codeChallenge: string;
  readonly nonce: string | undefined;
  readonly prompt: readonly Prompt[];
  /** seconds */
  readonly maxAge: number | undefined;
  readonly loginHint: string | undefined;
  /** most wanted first; what is no language tag is left out */
  readonly uiLocales: readonly string[];
  /** as sent: it may be anything */
  readonly idTokenHint: string | undefined;
}

/**
 * Reads an authorization request, rule by rule: who asks, where it may be answered, then all the rest.
 *
 * @param client the one that `requestedClientId` names; null when it is unknown or disabled
 * @throws {UnsafeAuthorizationRequest} to be shown: the browser must not be sent anywhere
 * @throws {AuthorizationError} to be sent back
 */
export function parseAuthorizationRequest(
  pairs: FormPairs,
  client: RegisteredClient | null,
): AuthorizationRequest {
  const { client: known, redirectUri, redirectUriSent } = safeReturn(pairs, client);
  const form = sentParameters(pairs);
  const state = stateToReturn(pairs);
  const refusal = brokenRule({ pairs, form, client: known });
  if (refusal !== undefined) throw new AuthorizationError(...refusal, { redirectUri, state });
  const scope = parseScope(form.get('scope') ?? '');
  return {
    clientId: known.id,
    redirectUri,
    redirectUriSent,
    scope: scope.length > 0 ? scope : undefined, // one of nothing but spaces names none either
    state,
    codeChallenge: form.get('code_challenge') as string,
    nonce: form.get('nonce'),
    prompt: promptsOf(form) as Prompt[],
    maxAge: form.has('max_age') ? Number(form.get('max_age')) : undefined,
    loginHint: form.get('login_hint'),
    uiLocales: localesOf(form.get('ui_locales')),
    idTokenHint: form.get('id_token_hint'),
  };
}

/** Exactly as it came, or not at all: of two nobody knows which one is meant. RFC 6749 §4.1.2.1. */
function stateToReturn(pairs: FormPairs): string | undefined {
  if (parameterFault(pairs, ['state']) !== undefined) return undefined;
  const state = sentParameters(pairs).get('state') ?? '';
  const fits = state !== '' && state.length <= LONGEST_PARAMETERS.state && state.isWellFormed();
  return fits ? state : undefined;
}
