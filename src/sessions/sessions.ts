import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, IsNull, LessThan, MoreThan, Not, Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { Audit, type Doer, SYSTEM } from '../platform/audit/audit.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { affectedRows } from '../platform/database/affected-rows.js';
import { isForeignKeyViolation } from '../platform/database/foreign-key-violation.js';
import { PreparedFind } from '../platform/database/prepared-find.js';
import { PreparedInsert } from '../platform/database/prepared-insert.js';
import { bareAddress } from '../platform/http/address.js';
import type { Origin } from '../platform/http/origin.js';
import { Page, type PageQuery } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { Occurrences } from '../platform/occurrences.js';
import { Settings } from '../platform/settings/settings.js';
import { IncorrectPassword } from '../protocol/errors.js';
import { formatScope } from '../protocol/scope.js';
import type { User } from '../users/user.entity.js';
import { endOf, type EndOfSession } from './end-of-session.js';
import { Session } from './session.entity.js';

export interface NewSession {
  /** a new one when left out; made before, where others have to know it */
  readonly id?: string;
  /** as read before the password was checked, or before the code was issued */
  readonly user: Pick<User, 'id' | 'authEpoch'>;
  /** as read before it authenticated, or before the code was issued */
  readonly client: Pick<Client, 'id' | 'epoch'>;
  readonly scope: readonly string[];
  readonly origin: Origin;
}

/** Why one session was ended. */
export type EndReason =
  | 'signed_out'
  | 'token_revoked'
  | 'refresh_token_reuse'
  | 'authorization_code_reuse'
  | 'generation_ahead'
  | 'too_many_sessions'
  | 'consent_withdrawn'
  | 'ended_by_operator';

const MAX_LIVE_PER_USER_AND_CLIENT = 100;
const LONGEST_USER_AGENT = 512;

/** Older ones, not those of lower ids: that of a code is made before its session. */
const SURPLUS = `SELECT id FROM sessions
  WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL AND expires_at > $3
    AND (created_at < $4 OR (created_at = $4 AND id < $5))
  ORDER BY created_at DESC, id DESC
  LIMIT ${MAX_LIVE_PER_USER_AND_CLIENT} OFFSET ${MAX_LIVE_PER_USER_AND_CLIENT - 1}`;

const END = `UPDATE sessions SET revoked_at = $1, revoked_reason = $2
  WHERE id = $3 AND user_id = $4 AND revoked_at IS NULL AND expires_at > $1`;

/** A session is one sign-in: every token that comes of it carries its id, and ends with it. */
@Injectable()
export class Sessions {
  private readonly loaded: PreparedFind<Session>;
  private readonly inserted: PreparedInsert<Session>;

  constructor(
    @InjectRepository(Session) private readonly rows: Repository<Session>,
    private readonly clock: Clock,
    private readonly changes: Changes,
    private readonly settings: Settings,
    private readonly audit: Audit,
    private readonly occurrences: Occurrences,
  ) {
    this.loaded = new PreparedFind(rows, ['user', 'client']);
    this.inserted = new PreparedInsert(rows);
  }

  /**
   * Opens a session with the epochs that were read before the password was looked at, so that a
   * password change or a disabling meanwhile has already ended it.
   *
   * @throws {IncorrectPassword} when the user was deleted meanwhile
   */
  async open({ id = newId(), user, client, scope, origin }: NewSession): Promise<Session> {
    const now = this.clock.now();
    const session = this.rows.create({
      id,
      userId: user.id,
      clientId: client.id,
      scope: formatScope(scope),
      authEpoch: user.authEpoch,
      clientEpoch: client.epoch,
      generation: 0,
      rotatedAt: null,
      ip: bareAddress(origin.ip),
      userAgent: origin.userAgent === undefined ? null : storable(origin.userAgent),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: this.idleEnd(now, now),
      revokedAt: null,
      revokedReason: null,
    });
    await this.insert(session);
    await this.endSurplus(session, origin);
    return session;
  }

  /** The session with its user and its client, read in one statement so that all are of one moment. */
  load(id: string): Promise<Session | null> {
    return this.loaded.by(id);
  }

  /** What a person is signed in with, the newest first. */
  async liveOf(user: Pick<User, 'id' | 'authEpoch'>, page: PageQuery): Promise<Page<Session>> {
    const now = this.clock.now();
    const rows = await this.rows
      .createQueryBuilder('session')
      .innerJoin('session.client', 'client', 'client.epoch = session.clientEpoch')
      .where({
        userId: user.id,
        authEpoch: user.authEpoch,
        revokedAt: IsNull(),
        expiresAt: MoreThan(now),
        createdAt: MoreThan(now - this.settings.SESSION_MAX_AGE_SECONDS),
        ...(page.after === undefined ? {} : { id: LessThan(page.after) }),
      })
      .andWhere('client.disabled = :no', { no: false })
      .orderBy('session.id', 'DESC')
      .take(page.limit + 1)
      .getMany();
    return Page.of(rows, page.limit);
  }

  /**
   * The end of a session that is used at `now` and never again, which is never beyond its absolute one.
   *
   * @returns epoch seconds
   */
  idleEnd(createdAt: number, now: number): number {
    const { REFRESH_TOKEN_TTL_SECONDS, SESSION_MAX_AGE_SECONDS } = this.settings;
    return Math.min(now + REFRESH_TOKEN_TTL_SECONDS, createdAt + SESSION_MAX_AGE_SECONDS);
  }

  /**
   * Why nothing can be done with a session now.
   *
   * @param session with its user and client
   * @returns undefined while it lives
   */
  endOf(session: Session): EndOfSession | undefined {
    return endOf(session, this.clock.now(), this.settings.SESSION_MAX_AGE_SECONDS);
  }

  /**
   * The end beyond which nothing of this session may live.
   *
   * @returns epoch seconds
   */
  absoluteEnd(session: Session): number {
    return session.createdAt + this.settings.SESSION_MAX_AGE_SECONDS;
  }

  /**
   * One conditional UPDATE, so a second end never rewrites why the first one was, and one that has
   * expired is none any more.
   *
   * @returns whether it was this call that ended it
   */
  async end(
    { id, userId }: Pick<Session, 'id' | 'userId'>,
    reason: EndReason,
    by: Doer,
  ): Promise<boolean> {
    const parameters = [this.clock.now(), reason, id, userId];
    const ended = await affectedRows(this.rows.manager.connection, END, parameters);
    this.changes.announce({ of: 'session', id });
    if (ended === 0) return false;
    this.occurrences.note({ of: 'sessions_ended', reason, count: 1 });
    await this.audit.record({
      event: 'session.ended',
      by,
      subject: `session:${id}`,
      userId,
      reason,
    });
    return true;
  }

  /** Ends every session of a user but this one. */
  async endOthers({ id, userId }: Pick<Session, 'id' | 'userId'>, by: Doer): Promise<void> {
    await this.endSeveral({ id: Not(id), userId }, 'signed_out', by);
  }

  /** Ends every session that a user has with a client. */
  async endOfClient(whose: Pick<Session, 'userId' | 'clientId'>, by: Doer): Promise<void> {
    await this.endSeveral(whose, 'consent_withdrawn', by);
  }

  private async endSeveral(
    which: FindOptionsWhere<Session> & Pick<Session, 'userId'>,
    reason: EndReason,
    by: Doer,
  ): Promise<void> {
    const { userId } = which;
    const ended = await this.rows.update(
      { ...which, revokedAt: IsNull() },
      { revokedAt: this.clock.now(), revokedReason: reason },
    );
    this.changes.announce({ of: 'user', id: userId });
    const count = ended.affected ?? 0;
    if (count === 0) return;
    this.occurrences.note({ of: 'sessions_ended', reason, count });
    await this.audit.record({
      event: 'sessions.ended',
      by,
      subject: `user:${userId}`,
      userId,
      reason,
    });
  }

  private async insert(session: Session): Promise<void> {
    try {
      await this.inserted.run(session);
    } catch (error) {
      throw isForeignKeyViolation(error) ? new IncorrectPassword('the user has left') : error;
    }
  }

  /** A user keeps at most 100 live sessions per client; signing in once more ends the oldest. */
  private async endSurplus(session: Session, origin: Origin): Promise<void> {
    const { id, userId, clientId, createdAt } = session;
    const parameters = [userId, clientId, this.clock.now(), createdAt, id];
    const surplus = await this.rows.query<{ id: string }[]>(SURPLUS, parameters);
    const by = { ...SYSTEM, origin };
    for (const old of surplus) await this.end({ id: old.id, userId }, 'too_many_sessions', by);
  }
}

/** A header is anybody's text: what a database may refuse is taken out, and it is cut to its column. */
function storable(text: string): string {
  return [...text.toWellFormed().replaceAll('\0', '')].slice(0, LONGEST_USER_AGENT).join('');
}
