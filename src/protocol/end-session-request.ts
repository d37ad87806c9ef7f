import { InvalidRequest } from './errors.js';
import { type FormPairs, plainParameters } from './form.js';
import { LONGEST_ID_TOKEN } from './id-token.js';
import { appendQuery } from './query.js';
import { localesOf } from './ui-locales.js';

/** A client's wish that somebody be signed out. OpenID Connect RP-Initiated Logout 1.0 §2. */
export interface EndSessionRequest {
  /** as sent: it may be anything, and an ID token of ours may have expired */
  readonly idTokenHint: string | undefined;
  readonly clientId: string | undefined;
  /** as sent: whether it is registered, the caller looks */
  readonly postLogoutRedirectUri: string | undefined;
  readonly state: string | undefined;
  readonly uiLocales: readonly string[];
}

/** Characters. What is longer is none of ours, or too much to send back. */
const LONGEST = {
  id_token_hint: LONGEST_ID_TOKEN,
  client_id: 2000,
  post_logout_redirect_uri: 2000,
  state: 2000,
} as const;

const PARAMETERS = [...Object.keys(LONGEST), 'ui_locales'];

/** @throws {InvalidRequest} naming the parameter that is repeated, nested, too long or no text */
export function parseEndSessionRequest(pairs: FormPairs): EndSessionRequest {
  const form = plainParameters(pairs, PARAMETERS);
  for (const [name, most] of Object.entries(LONGEST)) refuseUnfit(name, form.get(name) ?? '', most);
  return {
    idTokenHint: form.get('id_token_hint'),
    clientId: form.get('client_id'),
    postLogoutRedirectUri: form.get('post_logout_redirect_uri'),
    state: form.get('state'),
    uiLocales: localesOf(form.get('ui_locales')),
  };
}

/**
 * Where the browser goes after the sign-out. RP-Initiated Logout 1.0 §3.
 *
 * @param uri one that matched a registered one
 */
export function postLogoutUrl(uri: string, state: string | undefined): string {
  return appendQuery(uri, { state });
}

function refuseUnfit(name: string, text: string, most: number): void {
  if (text.length > most) throw new InvalidRequest(`${name} must be at most ${most} characters`);
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new InvalidRequest(`${name} must be Unicode text without NUL`);
  }
}
