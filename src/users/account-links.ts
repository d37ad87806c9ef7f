import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThan, Repository } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { AccountLink, type LinkPurpose } from './account-link.entity.js';
import { hashLinkToken, makeLinkToken } from './link-token.js';
import { emailKey } from './profile.js';
import type { User } from './user.entity.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Seconds. A mailbox is read by others sooner or later, and a new password is the most that a link gives.
 * Who is invited may be away, and has nothing in the account yet.
 */
const LIFETIMES: Readonly<Record<LinkPurpose, number>> = {
  email_verification: DAY,
  password_reset: HOUR,
  invitation: 7 * DAY,
};

/** Part of the one UPDATE that uses a link up: of several at once only the first finds it. */
export const LINK_IS_THERE = 'EXISTS (SELECT 1 FROM account_links WHERE token_hash = :tokenHash)';

/** Keeps what was mailed to people: as hashes, so that nobody who reads the database can use one. */
@Injectable()
export class AccountLinks {
  constructor(
    @InjectRepository(AccountLink) private readonly links: Repository<AccountLink>,
    private readonly clock: Clock,
  ) {}

  /** @returns the token, which is kept nowhere */
  async issue(
    { id, authEpoch }: Pick<User, 'id' | 'authEpoch'>,
    purpose: LinkPurpose,
    email: string,
  ): Promise<string> {
    const token = makeLinkToken(purpose);
    await this.links.insert({
      tokenHash: hashLinkToken(token),
      userId: id,
      purpose,
      email,
      authEpoch,
      expiresAt: this.clock.now() + LIFETIMES[purpose],
    });
    return token;
  }

  /** @returns a link that is good now, with its user; the UPDATE that uses it up has the last word */
  async find(token: string, ...purposes: LinkPurpose[]): Promise<AccountLink | null> {
    const [tokenHash, expiresAt] = [hashLinkToken(token), MoreThan(this.clock.now())];
    const link = await this.links.findOne({
      where: { tokenHash, purpose: In(purposes), expiresAt },
      relations: { user: true },
    });
    return link && isGood(link) ? link : null;
  }

  /** Whatever was mailed to this user is good for nothing any more. */
  async withdraw(userId: string): Promise<void> {
    await this.links.delete({ userId });
  }
}

/** A new password is only for whoever reads the mail of the account's address, and not of the one before. */
function isGood({ user, authEpoch, purpose, email }: AccountLink): boolean {
  if (user.disabled || user.authEpoch !== authEpoch) return false;
  return purpose === 'email_verification' || user.verifiedEmailKey === emailKey(email);
}
