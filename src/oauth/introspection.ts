import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/caller.js';
import { effectiveScope } from '../auth/scopes.js';
import type { Client } from '../clients/client.entity.js';
import { Settings } from '../platform/settings/settings.js';
import { BearerError } from '../protocol/bearer.js';
import { activeToken, INACTIVE, type Introspection } from '../protocol/introspection.js';
import { parseScope } from '../protocol/scope.js';
import { principalOf, Principals } from '../sessions/principals.js';
import { RefreshTokens } from '../sessions/refresh-tokens.js';
import { Sessions } from '../sessions/sessions.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { Machines } from '../tokens/machines.js';

/** Says whether a token would be taken now, to whom it concerns. Changes nothing. RFC 7662. */
@Injectable()
export class TokenIntrospection {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly principals: Principals,
    private readonly machines: Machines,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: Sessions,
    private readonly settings: Settings,
  ) {}

  /** @param caller sees its own tokens, and everyone's with `tokens:introspect` */
  async introspect(token: string, caller: Client): Promise<Introspection> {
    const found = (await this.refreshToken(token)) ?? (await this.accessToken(token));
    if (!found.active || found.client_id === caller.id) return found;
    return caller.scopes.includes('tokens:introspect') ? found : INACTIVE;
  }

  /** Only the newest one of its session is active. @returns undefined for what is no refresh token */
  private async refreshToken(token: string): Promise<Introspection | undefined> {
    const content = this.refreshTokens.read(token);
    if (!content) return undefined;
    const session = await this.sessions.load(content.sessionId);
    if (!session || this.sessions.endOf(session)) return INACTIVE;
    if (session.generation !== content.generation) return INACTIVE;
    const { clientId, userId, user, expiresAt } = session;
    const principal = principalOf(session);
    if (!principal.client.grants.includes('refresh_token')) return INACTIVE; // /token would refuse it too
    return activeToken(
      {
        client_id: clientId,
        sub: userId,
        username: user.username,
        iss: this.settings.PUBLIC_URL,
        exp: Math.min(expiresAt, this.sessions.absoluteEnd(session)),
        sid: session.id,
      },
      effectiveScope(parseScope(session.scope), principal),
    );
  }

  private async accessToken(token: string): Promise<Introspection> {
    try {
      const claims = this.accessTokens.verify(token);
      const { scope = '', sid, client_epoch: _, ...shown } = claims;
      const principal: Principal =
        sid === undefined
          ? await this.machines.find(claims)
          : await this.principals.find(sid, claims.sub);
      return activeToken(
        {
          ...shown,
          token_type: 'bearer',
          ...(sid === undefined ? {} : { sid }),
          ...(principal.kind === 'user' ? { username: principal.user.username } : {}),
        },
        effectiveScope(parseScope(scope), principal),
      );
    } catch (error) {
      if (error instanceof BearerError) return INACTIVE; // and nothing of why
      throw error;
    }
  }
}
