import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, MoreThan, Not, Repository } from 'typeorm';
import { Audit, type Doer, SYSTEM } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { isForeignKeyViolation } from '../platform/database/foreign-key-violation.js';
import { PreparedFind } from '../platform/database/prepared-find.js';
import type { Origin } from '../platform/http/origin.js';
import { Settings } from '../platform/settings/settings.js';
import { IncorrectPassword } from '../protocol/errors.js';
import type { User } from '../users/user.entity.js';
import { BrowserSession } from './browser-session.entity.js';

export interface NewBrowserSession {
  /** as read before the password was checked */
  readonly user: Pick<User, 'id' | 'authEpoch'>;
  readonly origin: Origin;
  /** what the browser's cookie held before, if it has one */
  readonly replacing: string | undefined;
}

const PREFIX = 'hp_bs_';
const TOKEN_BYTES = 32;
const TOKEN = /^hp_bs_[\w-]{43}$/;
const MAX_LIVE_PER_USER = 100;
/** The last use is written this seldom: one page of ours leads to the next. */
const USE_SECONDS = 60;

/**
 * Keeps who is signed in to our own pages, where no application is concerned yet: it is no session of a
 * client, and no token comes of it but through one.
 */
@Injectable()
export class BrowserSessions {
  private readonly found: PreparedFind<BrowserSession>;

  constructor(
    @InjectRepository(BrowserSession) private readonly rows: Repository<BrowserSession>,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly audit: Audit,
  ) {
    this.found = new PreparedFind(rows, ['user'], ['tokenHash']);
  }

  /**
   * Signs a browser in with the epoch that was read before the password was looked at, as `Sessions.open()`.
   * What its cookie held before ends, and is never continued: somebody else may have put it there.
   *
   * @returns what the cookie is to hold
   * @throws {IncorrectPassword} when the user was deleted meanwhile
   */
  async open({ user, origin, replacing }: NewBrowserSession): Promise<string> {
    if (replacing !== undefined) await this.rows.delete({ tokenHash: hashOf(replacing) });
    const text = PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    const signedInAt = this.clock.milliseconds();
    const now = this.clock.now();
    const session = this.rows.create({
      tokenHash: hashOf(text),
      userId: user.id,
      authEpoch: user.authEpoch,
      signedInAt,
      lastUsedAt: now,
      expiresAt: this.idleEnd(signedInAt, now),
    });
    await this.insert(session);
    await this.endSurplus(session, origin);
    return text;
  }

  /**
   * Takes this for a use of it.
   *
   * @param text what the cookie holds
   * @returns the session with its user, both of one moment; null unless it lives
   */
  async find(text: string | undefined): Promise<BrowserSession | null> {
    if (text === undefined || !TOKEN.test(text)) return null;
    const session = await this.found.by(hashOf(text));
    if (!session || !this.isAlive(session)) return null;
    await this.noteUse(session);
    return session;
  }

  /**
   * A sign-out in that browser alone.
   *
   * @returns whether it was this call that ended it
   */
  async end(
    { tokenHash, userId }: Pick<BrowserSession, 'tokenHash' | 'userId'>,
    by: Doer,
  ): Promise<boolean> {
    const { affected } = await this.rows.delete({ tokenHash, userId });
    if (affected === 0) return false;
    await this.audit.record({ event: 'signed_out', by, subject: `user:${userId}`, userId });
    return true;
  }

  /** Signs somebody out in every browser. */
  async endAllOf(userId: string, by: Doer): Promise<void> {
    const { affected } = await this.rows.delete({ userId });
    if (affected === 0) return;
    await this.audit.record({
      event: 'signed_out',
      by,
      subject: `user:${userId}`,
      userId,
      reason: 'every_browser',
    });
  }

  /** BROWSER_SESSION_MAX_AGE_SECONDS may be less than it was when the session opened. */
  private isAlive({ user, authEpoch, signedInAt, expiresAt }: BrowserSession): boolean {
    if (user.disabled || user.authEpoch !== authEpoch) return false;
    return Math.min(expiresAt, this.absoluteEnd(signedInAt)) > this.clock.now();
  }

  /** One conditional UPDATE, which brings no row back that was deleted meanwhile. */
  private async noteUse({ tokenHash, signedInAt, lastUsedAt }: BrowserSession): Promise<void> {
    const now = this.clock.now();
    if (now - lastUsedAt < USE_SECONDS) return;
    await this.rows.update(
      { tokenHash, lastUsedAt: LessThanOrEqual(now - USE_SECONDS) },
      { lastUsedAt: now, expiresAt: this.idleEnd(signedInAt, now) },
    );
  }

  /** @returns epoch seconds */
  private idleEnd(signedInAt: number, now: number): number {
    const { BROWSER_SESSION_TTL_SECONDS } = this.settings;
    return Math.min(now + BROWSER_SESSION_TTL_SECONDS, this.absoluteEnd(signedInAt));
  }

  /** @returns epoch seconds */
  private absoluteEnd(signedInAt: number): number {
    return Math.floor(signedInAt / 1000) + this.settings.BROWSER_SESSION_MAX_AGE_SECONDS;
  }

  private async insert(session: BrowserSession): Promise<void> {
    try {
      await this.rows.insert(session);
    } catch (error) {
      throw isForeignKeyViolation(error) ? new IncorrectPassword('the user has left') : error;
    }
  }

  /** A user keeps at most 100 that live; signing in once more ends the oldest. */
  private async endSurplus({ tokenHash, userId }: BrowserSession, origin: Origin): Promise<void> {
    const surplus = await this.rows.find({
      select: { tokenHash: true },
      where: { tokenHash: Not(tokenHash), userId, expiresAt: MoreThan(this.clock.now()) },
      order: { signedInAt: 'DESC', tokenHash: 'DESC' },
      skip: MAX_LIVE_PER_USER - 1,
      take: MAX_LIVE_PER_USER,
    });
    if (surplus.length === 0) return;
    const { affected } = await this.rows.delete({
      tokenHash: In(surplus.map((session) => session.tokenHash)),
    });
    if (affected === 0) return;
    const [by, reason] = [{ ...SYSTEM, origin }, 'too_many_sessions'];
    await this.audit.record({ event: 'signed_out', by, subject: `user:${userId}`, userId, reason });
  }
}

/** It is random and long, so a fast hash is as good as a slow one. */
function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
