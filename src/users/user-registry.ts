import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Page, type PageQuery } from '../platform/http/page.js';
import { isId } from '../platform/ids.js';
import { UNUSABLE_HASH } from './hashes/kinds.js';
import { NoSuchUser } from './refusals.js';
import { User, type UserRole } from './user.entity.js';
import { contains } from './user-search.js';
import { type UserChanges, UsersService } from './users.service.js';

/** Which accounts, and which page of them. */
export interface UserFilter extends Pick<PageQuery, 'limit' | 'after'> {
  /** part of the username, the e-mail address or the full name */
  readonly search?: string;
  readonly role?: UserRole;
  readonly disabled?: boolean;
}

/** An account before and after a change. */
export interface ChangedUser {
  readonly before: User;
  readonly after: User;
}

/** Each round lost is one that another change won; more than this, and the row is not as it is read. */
const MOST_ROUNDS = 100;

/**
 * Finds accounts for whoever administers them, and changes them: each change reads the row, decides, and
 * writes only if nothing that it decided by has changed meanwhile; else it decides again.
 */
@Injectable()
export class UserRegistry {
  constructor(
    @InjectRepository(User) private readonly rows: Repository<User>,
    private readonly users: UsersService,
  ) {}

  /** In the order in which they were made. */
  async page({ limit, after, search, role, disabled }: UserFilter): Promise<Page<User>> {
    const query = this.rows
      .createQueryBuilder('users')
      .orderBy('users.id', 'ASC')
      .take(limit + 1);
    if (after !== undefined) query.andWhere('users.id > :after', { after });
    if (role !== undefined) query.andWhere('users.role = :role', { role });
    if (disabled !== undefined) query.andWhere('users.disabled = :disabled', { disabled });
    if (search !== undefined) query.andWhere(contains(this.rows, search));
    return Page.of(await query.getMany(), limit);
  }

  /**
   * As the database has it now.
   *
   * @throws {NoSuchUser}
   */
  async read(id: string): Promise<User> {
    const user = isId(id) ? await this.rows.findOneBy({ id }) : null;
    if (!user) throw new NoSuchUser();
    return user;
  }

  /** Whether the account waits for the first password, which is chosen by a mailed link. */
  isInvited({ id }: Pick<User, 'id'>): Promise<boolean> {
    return this.rows.existsBy({ id, passwordHash: UNUSABLE_HASH });
  }

  /**
   * @param decide from the account as it is now
   * @throws {NoSuchUser}
   * @throws {LastAdministrator}
   */
  change(id: string, decide: (user: User) => UserChanges): Promise<ChangedUser> {
    return this.untilUnchanged(id, async (before) => {
      const changes = differing(before, decide(before));
      const after = { ...before, ...changes };
      const isDone =
        Object.keys(changes).length === 0 || (await this.users.change(asRead(before), changes));
      return isDone ? { before, after } : undefined;
    });
  }

  /**
   * @param review looks at the account as it is now, and throws what speaks against the deed
   * @returns the account as it was
   * @throws {NoSuchUser}
   * @throws {LastAdministrator}
   */
  delete(id: string, review: (user: User) => void): Promise<User> {
    return this.untilUnchanged(id, async (user) => {
      review(user);
      return (await this.users.delete(asRead(user))) ? user : undefined;
    });
  }

  /** @param attempt returns undefined when the row was no longer as it was read */
  private async untilUnchanged<T>(
    id: string,
    attempt: (user: User) => Promise<T | undefined>,
  ): Promise<T> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const done = await attempt(await this.read(id));
      if (done !== undefined) return done;
    }
    throw new Error(`the account ${id} was changed again and again while it was written`);
  }
}

/** All that a decision can hang on. A new password decides nothing, and is not to be in the way. */
function asRead({ id, role, disabled }: User) {
  return { id, role, disabled };
}

/** Without what is so already. */
function differing(user: User, changes: UserChanges): UserChanges {
  const fields = Object.entries(changes).filter(
    ([field, value]) => value !== undefined && value !== user[field as keyof UserChanges],
  );
  return Object.fromEntries(fields);
}
