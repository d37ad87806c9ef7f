import { Injectable } from '@nestjs/common';
import { effectiveScope } from '../../auth/scopes.js';
import { narrowScope, parseScope } from '../../protocol/scope.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import { principalOf } from '../../sessions/principals.js';
import { RefreshTokens } from '../../sessions/refresh-tokens.js';
import { TokenIssuer } from '../../tokens/token-issuer.js';
import type { Grant, GrantRequest } from './grant.js';

/** Trades a refresh token for a new pair. RFC 6749 §6, RFC 9700 §4.14. */
@Injectable()
export class RefreshTokenGrant implements Grant<'refresh_token'> {
  readonly type = 'refresh_token';

  constructor(
    private readonly refreshTokens: RefreshTokens,
    private readonly issuer: TokenIssuer,
  ) {}

  async exchange(request: GrantRequest<'refresh_token'>): Promise<TokenResponse> {
    const { client, form, origin } = request;
    const presented = await this.refreshTokens.present(form.refresh_token, client);
    const principal = principalOf(presented.session);
    // What client or user may have no more is not signed; the session keeps it, for when they may again.
    const granted = effectiveScope(parseScope(presented.session.scope), principal);
    const scope = narrowScope(granted, form.scope); // refuse before rotating: a refused request costs nothing
    const session = await this.refreshTokens.rotate(presented, origin);
    return this.issuer.issue(session, client, scope);
  }
}
