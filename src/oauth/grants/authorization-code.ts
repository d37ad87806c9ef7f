import { Injectable } from '@nestjs/common';
import { effectiveScope } from '../../auth/scopes.js';
import type { Client } from '../../clients/client.entity.js';
import { Consents } from '../../consents/consents.js';
import type { Origin } from '../../platform/http/origin.js';
import { InvalidGrant } from '../../protocol/errors.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import { principalOf } from '../../sessions/principals.js';
import type { Session } from '../../sessions/session.entity.js';
import { Sessions } from '../../sessions/sessions.js';
import { AuthorizationCodes } from '../../tokens/authorization-codes.js';
import { TokenIssuer } from '../../tokens/token-issuer.js';
import type { Grant, GrantRequest } from './grant.js';

/** Trades an authorization code and its verifier for tokens. RFC 6749 §4.1.3, RFC 7636 §4.5. */
@Injectable()
export class AuthorizationCodeGrant implements Grant<'authorization_code'> {
  readonly type = 'authorization_code';

  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly consents: Consents,
    private readonly sessions: Sessions,
    private readonly issuer: TokenIssuer,
  ) {}

  /** A `scope` in the form counts for nothing: it was asked for at the authorization endpoint, §4.1.3 has none. */
  async exchange({
    client,
    form,
    origin,
  }: GrantRequest<'authorization_code'>): Promise<TokenResponse> {
    const { code, code_verifier: verifier, redirect_uri: redirectUri } = form;
    const redeemed = await this.codes.redeem({ code, verifier, redirectUri, client, origin });
    const { session, authTime, nonce } = redeemed;
    await this.refuseWithdrawn(session, client, origin);
    // What client or user may have no more is not signed; the session keeps it, for when they may again.
    const scope = effectiveScope(redeemed.scope, principalOf(session));
    return this.issuer.issue(session, client, scope, { authTime, nonce });
  }

  /** After the session is there, as a withdrawal ends those that it finds: so none outlives a consent. */
  private async refuseWithdrawn(session: Session, client: Client, origin: Origin): Promise<void> {
    const { userId } = session;
    if (client.firstParty || (await this.consents.exists(userId, client.id))) return;
    await this.sessions.end(session, 'consent_withdrawn', { actor: `user:${userId}`, origin });
    throw new InvalidGrant('The code is invalid', 'the consent was withdrawn');
  }
}
