import { Injectable } from '@nestjs/common';
import { grantScope, refuseBeyondClient } from '../../auth/scopes.js';
import type { Client } from '../../clients/client.entity.js';
import { Clients } from '../../clients/clients.js';
import { DOCS_CLIENT_ID } from '../../clients/docs-client.js';
import { Consents } from '../../consents/consents.js';
import { Audit, type Doer } from '../../platform/audit/audit.js';
import { Clock } from '../../platform/clock.js';
import type { Origin } from '../../platform/http/origin.js';
import { Settings } from '../../platform/settings/settings.js';
import {
  parseAuthorizationRequest,
  requestedClientId,
} from '../../protocol/authorization-request.js';
import { AuthorizationError, errorUrl, successUrl } from '../../protocol/authorization-response.js';
import { InvalidScope } from '../../protocol/errors.js';
import type { FormPairs } from '../../protocol/form.js';
import { matchRedirectUri, provesClient } from '../../protocol/redirect-uri.js';
import type { BrowserSession } from '../../sessions/browser-session.entity.js';
import { AuthorizationCodes } from '../../tokens/authorization-codes.js';
import { IdTokens } from '../../tokens/id-tokens.js';
import { PageFailure } from '../browser/page-failure.js';
import { mustSignIn } from './must-sign-in.js';
import type { CarriedRequest, Progress, Step } from './progress.js';

/** The way of an authorization request, from what a client sent to what it is answered. RFC 6749 §4.1. */
@Injectable()
export class Authorization {
  constructor(
    private readonly clients: Clients,
    private readonly consents: Consents,
    private readonly codes: AuthorizationCodes,
    private readonly idTokens: IdTokens,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * Reads a request, and refuses what its client may not ask for: before anybody signs in for it.
   *
   * @throws {UnsafeAuthorizationRequest} to be shown, RFC 6749 §4.1.2.1
   * @throws {AuthorizationError} to be sent back
   */
  async begin(pairs: FormPairs): Promise<Progress> {
    const client = await this.enabled(requestedClientId(pairs));
    const { idTokenHint, ...request } = parseAuthorizationRequest(pairs, client);
    // A request that could be read has a client.
    sendingBack(request, () => refuseBeyondClient(request.scope, client as Client));
    const hintedUserId = idTokenHint && this.idTokens.readHint(idTokenHint)?.sub;
    return { request, hintedUserId, startedAt: this.clock.milliseconds() };
  }

  /**
   * The client of a request that has been on its way, if it could still be made.
   *
   * @throws {PageFailure}
   */
  async clientOf({ clientId, redirectUri }: CarriedRequest): Promise<Client> {
    const client = await this.enabled(clientId);
    if (!client?.grants.includes('authorization_code')) throw new PageFailure('unknown_client');
    if (!matchRedirectUri(redirectUri, client.redirectUris)) throw new PageFailure('redirect_uri');
    return client;
  }

  /**
   * Decides what comes next, and gives the client its code where nothing is left to ask.
   *
   * @param browser who is signed in
   * @throws {PageFailure}
   */
  async next(progress: Progress, browser: BrowserSession | null, origin: Origin): Promise<Step> {
    const { request } = progress;
    const client = await this.clientOf(request);
    return this.answering(async () => {
      if (!browser || this.mustSignIn(progress, browser)) {
        if (request.prompt.includes('none'))
          refuse(request, 'login_required', 'Signing in is needed');
        return { to: 'sign-in' };
      }
      const scope = scopeFor(request, client, browser);
      if (await this.mustAsk(request, client, browser, scope)) {
        if (request.prompt.includes('none'))
          refuse(request, 'consent_required', 'Consent is needed');
        return { to: 'consent', scope };
      }
      return this.giveCode(request, client, browser, scope, origin);
    });
  }

  /** After the consent page: the client gets its code. */
  async approve(
    { request }: Progress,
    browser: BrowserSession,
    shown: readonly string[],
    origin: Origin,
  ): Promise<Step> {
    const client = await this.clientOf(request);
    return this.answering(async () => {
      const scope = scopeFor(request, client, browser);
      // What was not on the page was not agreed to.
      if (scope.some((one) => !shown.includes(one))) return { to: 'consent', scope };
      if (!client.firstParty) {
        await this.consents.give(browser.userId, client, scope, byUser(browser, origin));
      }
      return this.giveCode(request, client, browser, scope, origin);
    });
  }

  /** After the consent page: the client gets nothing, and is told so. */
  async deny({ request }: Progress, browser: BrowserSession, origin: Origin): Promise<Step> {
    const { id } = await this.clientOf(request);
    await this.audit.record({
      event: 'consent.denied',
      by: byUser(browser, origin),
      subject: `client:${id}`,
      userId: browser.userId,
    });
    const error = new AuthorizationError('access_denied', 'The user said no', request);
    return { to: 'client', url: this.errorUrl(error) };
  }

  errorUrl(error: AuthorizationError): string {
    return errorUrl(error, this.settings.PUBLIC_URL);
  }

  private async giveCode(
    request: CarriedRequest,
    client: Client,
    browser: BrowserSession,
    scope: readonly string[],
    origin: Origin,
  ): Promise<Step> {
    const { redirectUri, redirectUriSent, codeChallenge, nonce } = request;
    const { user, userId, signedInAt } = browser;
    const code = await this.codes.issue({
      client,
      user: { id: userId, authEpoch: browser.authEpoch },
      redirectUri,
      redirectUriSent,
      codeChallenge,
      scope,
      nonce,
      authTime: Math.floor(signedInAt / 1000),
    });
    await this.audit.record({
      event: 'authorization.granted',
      by: byUser(browser, origin),
      subject: `client:${client.id}`,
      userId: user.id,
    });
    return { to: 'client', url: successUrl(request, code, this.settings.PUBLIC_URL) };
  }

  /** Whether the page for consent has to be shown. RFC 8252 §8.6: a redirect that any program may take proves no client. */
  private async mustAsk(
    { prompt, redirectUri }: CarriedRequest,
    client: Client,
    { userId }: BrowserSession,
    scope: readonly string[],
  ): Promise<boolean> {
    if (prompt.includes('consent')) return true;
    if (client.firstParty && !mayBeAnothers(client, redirectUri)) return false;
    if (!client.confidential && !provesClient(redirectUri)) return true;
    return !(await this.consents.covers(userId, client.id, scope));
  }

  /** @throws {AuthorizationError} when somebody else is signed in, newly, than the client has named */
  private mustSignIn(progress: Progress, { signedInAt, userId }: BrowserSession): boolean {
    const { request, hintedUserId, startedAt } = progress;
    const isNew = signedInAt >= startedAt;
    if (hintedUserId !== undefined && hintedUserId !== userId) {
      if (isNew) refuse(request, 'login_required', 'Somebody else signed in');
      return true;
    }
    return !isNew && mustSignIn(request, signedInAt, this.clock.milliseconds());
  }

  private async enabled(id: string | undefined): Promise<Client | null> {
    const client = id === undefined ? null : await this.clients.find(id);
    return client?.disabled ? null : client;
  }

  private async answering(step: () => Promise<Step>): Promise<Step> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof AuthorizationError)) throw error;
      return { to: 'client', url: this.errorUrl(error) };
    }
  }
}

/**
 * Every server has the docs client, and it may have every scope: at another port of this machine than its own
 * somebody else may wait for its codes. Of other first-party clients whoever registers them has decided.
 */
function mayBeAnothers({ id, redirectUris }: Client, redirectUri: string): boolean {
  return id === DOCS_CLIENT_ID && !redirectUris.includes(redirectUri);
}

function scopeFor(
  request: CarriedRequest,
  client: Client,
  { user }: BrowserSession,
): readonly string[] {
  return sendingBack(request, () => grantScope(request.scope, client, user.role));
}

/** @throws {AuthorizationError} for a scope that is refused */
function sendingBack<T>(request: CarriedRequest, decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof InvalidScope)) throw error;
    throw new AuthorizationError('invalid_scope', error.description, request);
  }
}

function refuse(
  request: CarriedRequest,
  code: 'login_required' | 'consent_required',
  description: string,
): never {
  throw new AuthorizationError(code, description, request);
}

function byUser({ userId }: BrowserSession, origin: Origin): Doer {
  return { actor: `user:${userId}`, origin };
}
