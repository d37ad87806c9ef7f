import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { Audit } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { affectedRows } from '../platform/database/affected-rows.js';
import type { Origin } from '../platform/http/origin.js';
import { DerivedKeys } from '../platform/settings/derived-keys.js';
import { Settings } from '../platform/settings/settings.js';
import { InvalidGrant } from '../protocol/errors.js';
import {
  formatRefreshToken,
  readRefreshToken,
  type RefreshTokenContent,
} from '../protocol/refresh-token.js';
import { Session } from './session.entity.js';
import { Sessions } from './sessions.js';

const PURPOSE = 'hallpass/refresh-token/v1';

/** Decides who gets the next token: of all that present the newest one, the first. */
const ROTATION = `UPDATE sessions
  SET generation = $1, rotated_at = $2, last_used_at = $3, expires_at = $4
  WHERE id = $5 AND client_id = $6 AND generation = $7 AND revoked_at IS NULL AND expires_at > $3`;

/** A refresh token that may be used: its live session, and which of the session's tokens it is. */
export interface PresentedToken {
  /** with its user and client */
  readonly session: Session;
  readonly generation: number;
}

/**
 * Refresh tokens are derived from their session and stored nowhere. The session's row holds the
 * generation of the newest; one conditional UPDATE decides who gets the next. RFC 6749 §6,
 * RFC 9700 §4.14.
 */
@Injectable()
export class RefreshTokens {
  private readonly keys: readonly Buffer[];
  private readonly signingKey: Buffer;

  constructor(
    @InjectRepository(Session) private readonly rows: Repository<Session>,
    private readonly sessions: Sessions,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly audit: Audit,
    derived: DerivedKeys,
  ) {
    this.keys = derived.all(PURPOSE);
    this.signingKey = derived.first(PURPOSE);
  }

  /** The newest refresh token of a session. */
  of({ id, generation }: Pick<Session, 'id' | 'generation'>): string {
    return formatRefreshToken({ sessionId: id, generation }, this.signingKey);
  }

  /** What a token of ours says, alive or not; undefined for any other text. Touches no row. */
  read(token: string): RefreshTokenContent | undefined {
    return readRefreshToken(token, this.keys);
  }

  /**
   * Finds the live session of a token. Writes nothing, so what is refused here or before `rotate()`
   * costs the client nothing.
   *
   * @throws {InvalidGrant} in the same words for every cause, another client's token included
   */
  async present(token: string, client: Pick<Client, 'id'>): Promise<PresentedToken> {
    const content = this.read(token);
    if (!content) throw invalid('the token is none of ours');
    const session = await this.sessions.load(content.sessionId);
    if (!session) throw invalid('there is no such session');
    if (session.clientId !== client.id) throw invalid("the token is another client's");
    const end = this.sessions.endOf(session);
    if (end) throw invalid(end);
    return { session, generation: content.generation };
  }

  /**
   * Moves a session to its next refresh token. Of two concurrent calls one wins; the other gets the
   * winner's token within REFRESH_GRACE_SECONDS, and ends the session after it.
   *
   * @returns the session, of which the newest token is the one to give out
   * @throws {InvalidGrant} on a replay, and when the session ended meanwhile
   */
  async rotate({ session, generation }: PresentedToken, origin: Origin): Promise<Session> {
    const { id, clientId, createdAt } = session;
    const now = this.clock.now();
    const next = {
      generation: generation + 1,
      rotatedAt: this.clock.milliseconds(),
      lastUsedAt: now,
      expiresAt: this.sessions.idleEnd(createdAt, now),
    };
    const { rotatedAt, expiresAt } = next;
    const parameters = [next.generation, rotatedAt, now, expiresAt, id, clientId, generation];
    const won = await affectedRows(this.rows.manager.connection, ROTATION, parameters);
    return won === 1 ? { ...session, ...next } : this.repeatOrEnd(id, generation, origin);
  }

  /** The token was not the newest when it was used: the row says whether its answer was lost, or it was stolen. */
  private async repeatOrEnd(id: string, generation: number, origin: Origin): Promise<Session> {
    const session = await this.sessions.load(id);
    if (!session || this.sessions.endOf(session)) throw invalid('the session ended meanwhile');
    const by = { actor: `client:${session.clientId}`, origin } as const;
    if (this.isRepeat(session, generation)) {
      const { userId } = session;
      const subject = `session:${id}` as const;
      await this.audit.record({ event: 'refresh_token.repeated', by, subject, userId });
      return session;
    }
    if (session.generation === generation) throw invalid('the session has just expired');
    const reason = session.generation > generation ? 'refresh_token_reuse' : 'generation_ahead';
    await this.sessions.end(session, reason, by);
    throw invalid(reason);
  }

  /** Strictly less than the grace, so that 0 allows none; a clock that went back counts as no time. */
  private isRepeat({ generation: newest, rotatedAt }: Session, generation: number): boolean {
    if (newest !== generation + 1 || rotatedAt === null) return false;
    const elapsed = Math.max(0, this.clock.milliseconds() - rotatedAt);
    return elapsed < this.settings.REFRESH_GRACE_SECONDS * 1000;
  }
}

function invalid(detail: string): InvalidGrant {
  return new InvalidGrant('The refresh token is invalid', detail);
}
