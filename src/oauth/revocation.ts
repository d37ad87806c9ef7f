import { Injectable } from '@nestjs/common';
import type { Client } from '../clients/client.entity.js';
import { Audit, type Doer } from '../platform/audit/audit.js';
import type { Origin } from '../platform/http/origin.js';
import type { AccessTokenClaims } from '../protocol/access-token.js';
import { InvalidToken } from '../protocol/bearer.js';
import { InvalidGrant } from '../protocol/errors.js';
import { RefreshTokens } from '../sessions/refresh-tokens.js';
import { Sessions } from '../sessions/sessions.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { Machines } from '../tokens/machines.js';

/** Ends what a token stands for: the session of a user's, of a machine's the token itself. RFC 7009. */
@Injectable()
export class Revocation {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly machines: Machines,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  /**
   * What is no token of ours, or none any more, is as revoked as can be: no error, RFC 7009 §2.2.
   *
   * @throws {InvalidGrant} when the token is another client's, §2.1
   */
  async revoke(token: string, client: Client, origin: Origin): Promise<void> {
    const by = { actor: `client:${client.id}`, origin } as const;
    const content = this.refreshTokens.read(token); // of any generation: its bearer once had the session
    if (content) return this.endSession(content.sessionId, client, by);
    const claims = this.verified(token);
    if (!claims) return;
    if (claims.client_id !== client.id) throw anothers();
    if (claims.sid !== undefined) return this.endSession(claims.sid, client, by);
    if (!(await this.machines.revoke(claims))) return;
    await this.audit.record({ event: 'token.revoked', by, subject: by.actor, reason: claims.jti });
  }

  private async endSession(id: string, client: Client, by: Doer): Promise<void> {
    const session = await this.sessions.load(id);
    if (!session) return;
    if (session.clientId !== client.id) throw anothers();
    await this.sessions.end(session, 'token_revoked', by);
  }

  private verified(token: string): AccessTokenClaims | undefined {
    try {
      return this.accessTokens.verify(token);
    } catch (error) {
      if (error instanceof InvalidToken) return undefined;
      throw error;
    }
  }
}

function anothers(): InvalidGrant {
  return new InvalidGrant('The token was not issued to this client');
}
