import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { newId } from '../platform/ids.js';
import { PasswordHasher } from './password-hasher.js';
import { User, type UserRole } from './user.entity.js';
import { normalizeUsername, usernameKey } from './username.js';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly email?: string | null;
  readonly fullName?: string | null;
  readonly role?: UserRole;
  readonly disabled?: boolean;
}

/** Another account has this username, perhaps in other letters of the same kind. */
export class UsernameTaken extends Error {
  constructor() {
    super('This username is taken');
  }
}

/** Without this account nobody could administer the service. */
export class LastAdministrator extends Error {
  constructor() {
    super('The last active administrator cannot be disabled');
  }
}

/** That disabling the row of an UPDATE leaves an administrator, or takes none away. */
const LEAVES_AN_ADMINISTRATOR = `(role <> 'admin' OR disabled = :yes OR EXISTS (
  SELECT 1 FROM users other
  WHERE other.role = 'admin' AND other.disabled = :no AND other.id <> users.id))`;

/** Keeps the accounts. Whoever calls has checked the username and the password against their rules. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /** @throws {UsernameTaken} decided by the unique index, so also among several at once */
  async create(account: NewUser): Promise<User> {
    const now = this.clock.now();
    const user = this.users.create({
      id: newId(),
      username: normalizeUsername(account.username),
      usernameKey: usernameKey(account.username),
      email: account.email ?? null,
      fullName: account.fullName ?? null,
      role: account.role ?? 'user',
      disabled: account.disabled ?? false,
      passwordHash: await this.hasher.hash(account.password),
      authEpoch: 0,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await this.users.insert(user);
    } catch (error) {
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

  list(): Promise<User[]> {
    return this.users.find({ order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async isEmpty(): Promise<boolean> {
    return !(await this.users.exists());
  }

  /**
   * Disabling ends every session of the user, one still being opened included.
   *
   * @throws {LastAdministrator} decided by the UPDATE itself; on PostgreSQL two at the very same
   * moment, of the last two, do not see each other
   */
  async disable(id: string): Promise<void> {
    const { affected } = await this.users
      .createQueryBuilder()
      .update()
      .set({ disabled: true, ...this.endOfSessions() })
      .where({ id })
      .andWhere(LEAVES_AN_ADMINISTRATOR, { yes: true, no: false })
      .execute();
    if (affected === 0 && (await this.users.existsBy({ id }))) throw new LastAdministrator();
    this.changes.announce({ of: 'user', id });
  }

  /** Sessions that a disabling ended stay ended. */
  async enable(id: string): Promise<void> {
    await this.users.update({ id }, { disabled: false, updatedAt: this.clock.now() });
    this.changes.announce({ of: 'user', id });
  }

  /** Ends every session of the user. */
  async setPassword(id: string, password: string): Promise<void> {
    const passwordHash = await this.hasher.hash(password);
    await this.users.update({ id }, { passwordHash, ...this.endOfSessions() });
    this.changes.announce({ of: 'user', id });
  }

  /**
   * Replaces an outdated hash of a password that was just found right. Changes nothing for the user,
   * so no session ends; does nothing when the password was changed meanwhile.
   */
  async upgradePasswordHash(user: User, password: string): Promise<void> {
    const passwordHash = await this.hasher.hash(password);
    await this.users.update({ id: user.id, passwordHash: user.passwordHash }, { passwordHash });
  }

  /** Part of the very UPDATE that changes the user, so no moment exists in which old sessions see the new state. */
  private endOfSessions() {
    return { authEpoch: () => 'auth_epoch + 1', updatedAt: this.clock.now() };
  }
}
