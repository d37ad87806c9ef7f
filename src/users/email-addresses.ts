import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { InvalidToken } from '../protocol/bearer.js';
import type { AccountLink } from './account-link.entity.js';
import { AccountLinks, LINK_IS_THERE } from './account-links.js';
import { emailKey } from './profile.js';
import { User } from './user.entity.js';
import { normalizeUsername, usernameKey } from './username.js';

/** Something else changed the address at the same moment. */
export class EmailChangedMeanwhile extends Error {}

const STILL_TO_BE_VERIFIED = `(pending_email = :email
  OR (pending_email IS NULL AND email = :email AND verified_email_key IS NULL))`;

/**
 * Keeps e-mail addresses. One that is verified stays until the owner of the new one has verified that,
 * so that a typing error or a thief's address never takes the way back into an account.
 */
@Injectable()
export class EmailAddresses {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly links: AccountLinks,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /**
   * Notes a new address, or takes one away that nobody has verified; links that were mailed before are
   * withdrawn.
   *
   * @param caller as the guard saw it: whatever has ended the sessions since has ended this one
   * @returns the account as it is now; {@link addressToVerify} tells whether a link is to be mailed
   * @throws {InvalidToken} when the caller's session has ended meanwhile
   * @throws {EmailChangedMeanwhile}
   */
  async change({ id, authEpoch }: User, email: string | null): Promise<User> {
    const user = await this.users.findOneBy({ id, authEpoch, disabled: false });
    if (!user) throw new InvalidToken('the session ended meanwhile');
    const changes = { ...newState(user, email), updatedAt: this.clock.now() };
    const { verifiedEmailKey } = user;
    const { affected } = await this.users.update(
      { id, authEpoch, disabled: false, verifiedEmailKey: verifiedEmailKey ?? IsNull() },
      changes,
    );
    if (affected === 0) throw new EmailChangedMeanwhile();
    if (!isSame(user, email)) await this.links.withdraw(id);
    this.changes.announce({ of: 'user', id });
    return { ...user, ...changes };
  }

  /**
   * Makes the address of a link the account's. A username that is the old address becomes the new one.
   *
   * @param link with its user
   * @returns false when the link is used up or withdrawn, or the address meanwhile another account's
   */
  async verify({ userId, user, email, tokenHash, authEpoch }: AccountLink): Promise<boolean> {
    try {
      const { affected } = await this.users
        .createQueryBuilder()
        .update()
        .set({
          email,
          verifiedEmailKey: emailKey(email),
          pendingEmail: null,
          ...(isNamedByEmail(user)
            ? { username: normalizeUsername(email), usernameKey: usernameKey(email) }
            : {}),
          updatedAt: this.clock.now(),
        })
        .where({ id: userId, authEpoch, disabled: false })
        .andWhere(STILL_TO_BE_VERIFIED, { email })
        .andWhere(LINK_IS_THERE, { tokenHash })
        .execute();
      if (affected === 0) return false;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
    await this.links.withdraw(userId);
    this.changes.announce({ of: 'user', id: userId });
    return true;
  }

  /** @returns the account whose owner has verified this address */
  findOwner(email: string): Promise<User | null> {
    return this.users.findOneBy({ verifiedEmailKey: emailKey(email) });
  }
}

/** @returns the address that a link is to be mailed to, null when there is nothing left to verify */
export function addressToVerify(user: User): string | null {
  return user.pendingEmail ?? (user.verifiedEmailKey === null ? user.email : null);
}

/** Whether the username is the account's own address, as many services have it. */
export function isNamedByEmail({ email, usernameKey: key }: User): boolean {
  return email !== null && usernameKey(email) === key;
}

/** A verified address stays to the letter, also where another spelling of it is given. */
function newState(user: User, email: string | null) {
  const stays = user.verifiedEmailKey !== null || isNamedByEmail(user);
  if (!stays) return { email, pendingEmail: null };
  return { pendingEmail: isSame(user, email) ? null : email };
}

function isSame(user: User, email: string | null): boolean {
  return email !== null && user.email !== null && emailKey(email) === emailKey(user.email);
}
