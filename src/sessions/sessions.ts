import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, MoreThan, Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { newId } from '../platform/ids.js';
import { bareAddress } from '../platform/http/address.js';
import { Settings } from '../platform/settings/settings.js';
import { formatScope } from '../protocol/scope.js';
import { Session } from './session.entity.js';

/** Where a request came from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

export interface NewSession {
  readonly userId: string;
  /** as read before the password was checked */
  readonly authEpoch: number;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly origin: Origin;
}

const MAX_LIVE_PER_USER_AND_CLIENT = 100;
const LONGEST_USER_AGENT = 512;

/** A session is one sign-in: every token that comes of it carries its id, and ends with it. */
@Injectable()
export class Sessions {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly clock: Clock,
    private readonly changes: Changes,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens a session with the epoch that was read before the password was looked at, so that a
   * password change or a disabling meanwhile has already ended it.
   */
  async open({ userId, authEpoch, clientId, scope, origin }: NewSession): Promise<Session> {
    const now = this.clock.now();
    const { REFRESH_TOKEN_TTL_SECONDS, SESSION_MAX_AGE_SECONDS } = this.settings;
    const session = this.sessions.create({
      id: newId(),
      userId,
      clientId,
      scope: formatScope(scope),
      authEpoch,
      generation: 0,
      ip: bareAddress(origin.ip),
      userAgent: origin.userAgent === undefined ? null : storable(origin.userAgent),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + Math.min(REFRESH_TOKEN_TTL_SECONDS, SESSION_MAX_AGE_SECONDS),
      revokedAt: null,
      revokedReason: null,
    });
    await this.sessions.insert(session);
    await this.endSurplus(session);
    return session;
  }

  /**
   * The end beyond which nothing of this session may live.
   *
   * @returns epoch seconds
   */
  absoluteEnd(session: Session): number {
    return session.createdAt + this.settings.SESSION_MAX_AGE_SECONDS;
  }

  /** One conditional UPDATE each, so a second end never rewrites why the first one was. */
  async end(id: string, reason: string): Promise<void> {
    await this.sessions.update(
      { id, revokedAt: IsNull() },
      { revokedAt: this.clock.now(), revokedReason: reason },
    );
    this.changes.announce({ of: 'session', id });
  }

  /** A user keeps at most 100 live sessions per client; signing in once more ends the oldest. */
  private async endSurplus({ id, userId, clientId }: Session): Promise<void> {
    const surplus = await this.sessions.find({
      select: { id: true },
      where: {
        id: LessThan(id),
        userId,
        clientId,
        revokedAt: IsNull(),
        expiresAt: MoreThan(this.clock.now()),
      },
      order: { createdAt: 'DESC', id: 'DESC' },
      skip: MAX_LIVE_PER_USER_AND_CLIENT - 1,
      take: MAX_LIVE_PER_USER_AND_CLIENT,
    });
    for (const old of surplus) await this.end(old.id, 'too_many_sessions');
  }
}

/** A header is anybody's text: what a database may refuse is taken out, and it is cut to its column. */
function storable(text: string): string {
  return [...text.toWellFormed().replaceAll('\0', '')].slice(0, LONGEST_USER_AGENT).join('');
}
