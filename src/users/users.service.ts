import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, MoreThan, Repository } from 'typeorm';
import { InvalidToken } from '../protocol/bearer.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { newId } from '../platform/ids.js';
import {
  ADMINISTRATOR_PARAMETERS,
  amongAdministrators,
  LEAVES_AN_ADMINISTRATOR,
} from './administrators.js';
import { endingSessions } from './ending-sessions.js';
import { UNUSABLE_HASH } from './hashes/kinds.js';
import { PasswordHasher } from './password-hasher.js';
import { emailKey } from './profile.js';
import { User, type UserRole } from './user.entity.js';
import { EmailTaken, LastAdministrator, UsernameTaken } from './refusals.js';
import { normalizeUsername, usernameKey } from './username.js';

/** A read of everything at once would keep SQLite's one connection from all others. */
const BATCH = 1000;

export interface NewUser {
  readonly username: string;
  /** null for who is to choose one by a mailed link; until then none is right */
  readonly password: string | null;
  readonly email?: string | null;
  /** that it is this person's; otherwise a link is to be mailed there first */
  readonly emailVerified?: boolean;
  readonly fullName?: string | null;
  readonly role?: UserRole;
  readonly disabled?: boolean;
}

/** What an administrator may change of an account. */
export type UserChanges = Partial<Pick<User, 'fullName' | 'role' | 'disabled'>>;

/** What a decision about an account hangs on, as far as it does. */
export type UserAsRead = Pick<User, 'id'> & Partial<Pick<User, 'role' | 'disabled' | 'authEpoch'>>;

/** Keeps the accounts. Whoever calls has checked the username and the password against their rules. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /**
   * Decided by the unique indexes, so also among several at once.
   *
   * @throws {UsernameTaken}
   * @throws {EmailTaken} only where `emailVerified` says so
   */
  async create(account: NewUser): Promise<User> {
    const now = this.clock.now();
    const { email = null, emailVerified = false } = account;
    const user = this.users.create({
      id: newId(),
      username: normalizeUsername(account.username),
      usernameKey: usernameKey(account.username),
      email,
      verifiedEmailKey: email !== null && emailVerified ? emailKey(email) : null,
      pendingEmail: null,
      fullName: account.fullName ?? null,
      role: account.role ?? 'user',
      disabled: account.disabled ?? false,
      passwordHash:
        account.password === null ? UNUSABLE_HASH : await this.hasher.hash(account.password),
      authEpoch: 0,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await this.users.insert(user);
    } catch (error) {
      if (isUniqueViolation(error, 'verified_email_key')) throw new EmailTaken();
      throw isUniqueViolation(error) ? new UsernameTaken() : error;
    }
    return user;
  }

  findByUsername(username: string): Promise<User | null> {
    return this.users.findOneBy({ usernameKey: usernameKey(username) });
  }

  /** The account together with its password hash, which no other query reads. */
  findWithPasswordHash(username: string): Promise<User | null> {
    return this.users
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .where({ usernameKey: usernameKey(username) })
      .getOne();
  }

  /** In the order in which they were made, which that of the ids is; a part at a time, as all may be too many. */
  async *each(): AsyncGenerator<User> {
    for (let after = ''; ;) {
      const where = { id: MoreThan(after) };
      const batch = await this.users.find({ where, order: { id: 'ASC' }, take: BATCH });
      yield* batch;
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return;
      after = last.id;
    }
  }

  async isEmpty(): Promise<boolean> {
    return !(await this.users.exists());
  }

  /**
   * Changes all of it or nothing. Disabling ends every session of the user, one still being opened
   * included, and enabling revives none. A role counts from the next request on, in every session.
   *
   * @returns false when the user is no longer as read
   * @throws {LastAdministrator} also for one of the last two that leave at once
   */
  async change(user: UserAsRead, changes: UserChanges): Promise<boolean> {
    const ending = changes.disabled === true;
    const now = this.clock.now();
    const set = { ...changes, ...(ending ? endingSessions(now) : { updatedAt: now }) };
    const update = (users: Repository<User>) =>
      users.createQueryBuilder().update().set(set).where(asRead(user));
    const mayLeaveNone = ending || changes.role === 'user';
    const { affected } = mayLeaveNone
      ? await amongAdministrators(this.users, (users) =>
          update(users).andWhere(LEAVES_AN_ADMINISTRATOR, ADMINISTRATOR_PARAMETERS).execute(),
        )
      : await update(this.users).execute();
    this.changes.announce({ of: 'user', id: user.id });
    if (affected === 0 && mayLeaveNone) await this.refuseLastAdministrator(user);
    return affected === 1;
  }

  /** Ends every session of the user, and changes nothing else. */
  async endSessions(id: string): Promise<void> {
    await this.users.update({ id }, endingSessions(this.clock.now()));
    this.changes.announce({ of: 'user', id });
  }

  /** Ends every session there is. */
  async endAllSessions(): Promise<void> {
    await this.users.createQueryBuilder().update().set(endingSessions(this.clock.now())).execute();
    this.changes.announce({ of: 'user', id: 'everyone' });
  }

  /**
   * @param user as the guard saw it
   * @throws {InvalidToken} when what it has seen has ended meanwhile
   */
  async setFullName(
    { id, authEpoch }: Pick<User, 'id' | 'authEpoch'>,
    fullName: string | null,
  ): Promise<void> {
    const changes = { fullName, updatedAt: this.clock.now() };
    const { affected } = await this.users.update({ id, authEpoch, disabled: false }, changes);
    if (affected === 0) throw new InvalidToken('the session ended meanwhile');
    this.changes.announce({ of: 'user', id });
  }

  /**
   * Deletes the account with all that is its own. Its id is random, and never another's.
   *
   * @returns false when the user is no longer as read
   * @throws {LastAdministrator} decided as in `change()`
   */
  async delete(user: UserAsRead): Promise<boolean> {
    const { affected } = await amongAdministrators(this.users, (users) =>
      users
        .createQueryBuilder()
        .delete()
        .where(asRead(user))
        .andWhere(LEAVES_AN_ADMINISTRATOR, ADMINISTRATOR_PARAMETERS)
        .execute(),
    );
    this.changes.announce({ of: 'user', id: user.id });
    if (affected === 0) await this.refuseLastAdministrator(user);
    return affected === 1;
  }

  /** After a statement that found no row: because of the last administrator's rule, or was it not as read? */
  private async refuseLastAdministrator(user: UserAsRead): Promise<void> {
    const isLast = await this.users
      .createQueryBuilder('users')
      .where(asRead(user))
      .andWhere(`NOT ${LEAVES_AN_ADMINISTRATOR}`, ADMINISTRATOR_PARAMETERS)
      .getExists();
    if (isLast) throw new LastAdministrator();
  }
}

/** The row, if it is still so. */
function asRead({ id, role, disabled, authEpoch }: UserAsRead): FindOptionsWhere<User> {
  return {
    id,
    ...(role === undefined ? {} : { role }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(authEpoch === undefined ? {} : { authEpoch }),
  };
}
