import { Injectable } from '@nestjs/common';
import { Clients } from '../../clients/clients.js';
import type { Doer } from '../../platform/audit/audit.js';
import type { Origin } from '../../platform/http/origin.js';
import {
  type EndSessionRequest,
  parseEndSessionRequest,
  postLogoutUrl,
} from '../../protocol/end-session-request.js';
import type { FormPairs } from '../../protocol/form.js';
import type { IdTokenHint } from '../../protocol/id-token.js';
import type { BrowserSession } from '../../sessions/browser-session.entity.js';
import { BrowserSessions } from '../../sessions/browser-sessions.js';
import { Sessions } from '../../sessions/sessions.js';
import { IdTokens } from '../../tokens/id-tokens.js';
import { PageFailure } from '../browser/page-failure.js';

/** What a client asks for, without the token of its hint: that is too long to be carried through a page. */
export interface AskedToSignOut extends Omit<EndSessionRequest, 'idTokenHint'> {
  /** null without an ID token of ours */
  readonly hint: IdTokenHint | null;
}

/** A request to sign out that may be followed. */
export interface SigningOut {
  readonly hint: IdTokenHint | null;
  /** of the client that asks, if it named one and that one is known */
  readonly clientName: string | undefined;
  /** where the browser goes then; undefined for our own page */
  readonly returnTo: string | undefined;
  readonly uiLocales: readonly string[];
}

/** Ends what a browser is signed in with. OpenID Connect RP-Initiated Logout 1.0. */
@Injectable()
export class SignOut {
  constructor(
    private readonly clients: Clients,
    private readonly idTokens: IdTokens,
    private readonly browserSessions: BrowserSessions,
    private readonly sessions: Sessions,
  ) {}

  /** @throws {InvalidRequest} for what cannot be read */
  parse(pairs: FormPairs): AskedToSignOut {
    const { idTokenHint, ...asked } = parseEndSessionRequest(pairs);
    const hint = idTokenHint === undefined ? null : this.idTokens.readHint(idTokenHint);
    return { ...asked, hint };
  }

  /**
   * @throws {PageFailure} when client and hint disagree, or the URI to return to is not registered, §3
   */
  async check(asked: AskedToSignOut): Promise<SigningOut> {
    const { hint, clientId, postLogoutRedirectUri: uri, state, uiLocales } = asked;
    if (hint && clientId !== undefined && hint.clientId !== clientId) {
      throw new PageFailure('sign_out');
    }
    const id = hint?.clientId ?? clientId;
    const found = id === undefined ? null : await this.clients.find(id);
    const client = found?.disabled ? null : found;
    if (uri !== undefined && !client?.postLogoutRedirectUris.includes(uri)) {
      throw new PageFailure('sign_out');
    }
    const returnTo = uri === undefined ? undefined : postLogoutUrl(uri, state);
    return { hint, clientName: client?.name, returnTo, uiLocales };
  }

  /** Whether a person has to say so themselves: anybody can make a browser send a request, §2. */
  mustAsk({ hint }: SigningOut, browser: BrowserSession | null): boolean {
    return browser !== null && hint?.sub !== browser.userId;
  }

  /** Ends the session of the browser, and that of the client which the hint is about. */
  async end(
    { hint }: Pick<SigningOut, 'hint'>,
    browser: BrowserSession | null,
    origin: Origin,
  ): Promise<void> {
    if (!browser) return; // whoever holds an old ID token must not end what is in use elsewhere
    const by: Doer = { actor: `user:${browser.userId}`, origin };
    await this.browserSessions.end(browser, by);
    if (hint?.sid === undefined || hint.sub !== browser.userId) return;
    await this.sessions.end({ id: hint.sid, userId: browser.userId }, 'signed_out', by);
  }
}
