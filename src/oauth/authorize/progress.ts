import type { AuthorizationRequest } from '../../protocol/authorization-request.js';

/** Without the token of the hint, which is too long to be carried: what counts is whom it names. */
export type CarriedRequest = Omit<AuthorizationRequest, 'idTokenHint'>;

/** A request on its way through the pages. */
export interface Progress {
  readonly request: CarriedRequest;
  /** the user that `id_token_hint` names; undefined without one of ours */
  readonly hintedUserId: string | undefined;
  /** when it came, or asked for another account. Epoch milliseconds */
  readonly startedAt: number;
  /** on the consent page: what was shown, and to whom */
  readonly shown?: Shown;
}

export interface Shown {
  /** the hash that the browser session is kept by */
  readonly browser: string;
  readonly scope: readonly string[];
}

/** What comes next: a page, or the way back to the client. */
export type Step =
  | { readonly to: 'sign-in' }
  | { readonly to: 'consent'; readonly scope: readonly string[] }
  | { readonly to: 'client'; readonly url: string };
