import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import type { AccountLink } from './account-link.entity.js';
import { LINK_IS_THERE } from './account-links.js';
import { endingSessions } from './ending-sessions.js';
import { PasswordHasher } from './password-hasher.js';
import { emailKey } from './profile.js';
import { User } from './user.entity.js';

/**
 * Keeps the passwords of accounts, as hashes. A new one ends every session of its user; whoever calls
 * has checked it against the policy.
 */
@Injectable()
export class Passwords {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /** Whatever it was before. */
  async set(id: string, password: string): Promise<void> {
    await this.users.update({ id }, await this.replacing(password));
    this.changes.announce({ of: 'user', id });
  }

  /**
   * For a person who has just proved the old one.
   *
   * @param user as read before the old password was looked at
   * @returns false when something has ended the sessions since, perhaps another password change
   */
  async change(
    { id, authEpoch }: Pick<User, 'id' | 'authEpoch'>,
    password: string,
  ): Promise<boolean> {
    const asRead = { id, authEpoch, disabled: false };
    const { affected } = await this.users.update(asRead, await this.replacing(password));
    this.changes.announce({ of: 'user', id });
    return affected === 1;
  }

  /**
   * For a person who was mailed a link. It is the epoch that uses the link up, and every other one
   * with it.
   *
   * @returns false when the link is good no more
   */
  async reset(
    { userId: id, authEpoch, email, tokenHash }: AccountLink,
    password: string,
  ): Promise<boolean> {
    const { affected } = await this.users
      .createQueryBuilder()
      .update()
      .set(await this.replacing(password))
      .where({ id, authEpoch, disabled: false, verifiedEmailKey: emailKey(email) })
      .andWhere(LINK_IS_THERE, { tokenHash })
      .execute();
    this.changes.announce({ of: 'user', id });
    return affected === 1;
  }

  /**
   * Replaces an outdated hash of a password that was just found right. Changes nothing for the user,
   * so no session ends; does nothing when the password was changed meanwhile.
   *
   * @param user with the hash that it was found right by
   */
  async upgradeHash(
    { id, passwordHash: outdated }: Pick<User, 'id' | 'passwordHash'>,
    password: string,
  ): Promise<void> {
    const passwordHash = await this.hasher.hash(password);
    await this.users.update({ id, passwordHash: outdated }, { passwordHash });
  }

  private async replacing(password: string) {
    const passwordHash = await this.hasher.hash(password);
    return { passwordHash, ...endingSessions(this.clock.now()) };
  }
}
