import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { formatScope } from '../protocol/scope.js';
import { type TokenResponse, tokenResponse } from '../protocol/token-response.js';
import type { Session } from '../sessions/session.entity.js';
import { Sessions } from '../sessions/sessions.js';
import { AccessTokens } from './access-tokens.js';

/** Turns what was granted into what the client is sent. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly sessions: Sessions,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @param scope of this access token: the session's, or less */
  async issue(session: Session, scope: readonly string[]): Promise<TokenResponse> {
    const now = this.clock.now();
    const expiresAt = Math.min(
      now + this.settings.ACCESS_TOKEN_TTL_SECONDS,
      this.sessions.absoluteEnd(session),
    );
    const accessToken = await this.accessTokens.sign(
      {
        sub: session.userId,
        client_id: session.clientId,
        sid: session.id,
        ...(scope.length > 0 ? { scope: formatScope(scope) } : {}),
      },
      expiresAt,
    );
    return tokenResponse({ accessToken, expiresIn: expiresAt - now, scope });
  }
}
