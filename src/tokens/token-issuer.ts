import { Injectable } from '@nestjs/common';
import type { Client } from '../clients/client.entity.js';
import { Clock } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { machineSubject } from '../protocol/access-token.js';
import { formatScope } from '../protocol/scope.js';
import { type TokenResponse, tokenResponse } from '../protocol/token-response.js';
import { RefreshTokens } from '../sessions/refresh-tokens.js';
import type { Session } from '../sessions/session.entity.js';
import { Sessions } from '../sessions/sessions.js';
import { AccessTokens, type AccessTokenSubject, type Lifetime } from './access-tokens.js';
import { IdTokens } from './id-tokens.js';

/** How the person came; `authTime` in epoch seconds. */
export interface SignIn {
  readonly authTime: number;
  readonly nonce: string | undefined;
}

/** Turns what was granted into what the client is sent. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: Sessions,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * To a user's session: an access token, and the newest refresh token if the client may use it.
   *
   * @param scope of this access token: the session's, or less
   * @param signIn where a person has just come back from it: with the scope `openid` they get an id_token
   */
  issue(
    session: Session,
    client: Client,
    scope: readonly string[],
    signIn?: SignIn,
  ): TokenResponse {
    const { userId, id } = session;
    const usual = this.usualLifetime();
    const expiresAt = Math.min(usual.expiresAt, this.sessions.absoluteEnd(session));
    const refreshes = client.grants.includes('refresh_token');
    const subject = { sub: userId, client_id: client.id, sid: id };
    const response = this.sign(subject, { ...usual, expiresAt }, scope, {
      refreshToken: refreshes ? this.refreshTokens.of(session) : undefined,
    });
    if (!signIn || !scope.includes('openid')) return response;
    const accessToken = response.access_token;
    const idToken = this.idTokens.sign({ userId, client, sid: id, accessToken, ...signIn });
    return { ...response, id_token: idToken };
  }

  /** To a client that acts for itself. RFC 6749 §4.4.3: no refresh token. */
  issueToMachine({ id, epoch }: Client, scope: readonly string[]): TokenResponse {
    const subject = { sub: machineSubject(id), client_id: id, client_epoch: epoch };
    return this.sign(subject, this.usualLifetime(), scope);
  }

  /** The clock is read once for a token, or `expires_in` might not be what `exp` and `iat` say. */
  private usualLifetime(): Lifetime {
    const issuedAt = this.clock.now();
    return { issuedAt, expiresAt: issuedAt + this.settings.ACCESS_TOKEN_TTL_SECONDS };
  }

  private sign(
    subject: Omit<AccessTokenSubject, 'scope'>,
    lifetime: Lifetime,
    scope: readonly string[],
    more: { refreshToken?: string | undefined } = {},
  ): TokenResponse {
    const claims = { ...subject, ...(scope.length > 0 ? { scope: formatScope(scope) } : {}) };
    const accessToken = this.accessTokens.sign(claims, lifetime);
    const expiresIn = lifetime.expiresAt - lifetime.issuedAt;
    return tokenResponse({ accessToken, expiresIn, scope, ...more });
  }
}
