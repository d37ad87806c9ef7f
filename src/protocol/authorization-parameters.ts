import type { RegisteredClient } from './authorization-redirect.js';
import type { AuthorizationErrorCode } from './authorization-response.js';
import type { FormPairs } from './form.js';
import { LONGEST_ID_TOKEN } from './id-token.js';

/** What an authorization request may hold; any other parameter is ignored. RFC 6749 §3.1. */
export const AUTHORIZATION_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'id_token_hint',
  'request',
  'request_uri',
  'registration',
] as const;

/** OpenID Connect Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;

export type Prompt = (typeof PROMPTS)[number];

/** Characters: enough for any real one, and little enough to carry through the pages of a sign-in. */
export const LONGEST_PARAMETERS = {
  state: 2000,
  nonce: 2000,
  login_hint: 320,
  id_token_hint: LONGEST_ID_TOKEN,
} as const;

/** What a rule may look at: a request of a client that is known and can be told. */
export interface AskedForCode {
  readonly pairs: FormPairs;
  /** those that are not empty */
  readonly form: ReadonlyMap<string, string>;
  readonly client: RegisteredClient;
}

export type Refusal = readonly [code: AuthorizationErrorCode, description: string];
