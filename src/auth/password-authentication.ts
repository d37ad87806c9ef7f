import { Injectable } from '@nestjs/common';
import { Attempts } from '../platform/limits/attempts.js';
import { IncorrectPassword, InvalidRequest, TemporarilyUnavailable } from '../protocol/errors.js';
import { isTooLong, PASSWORD_MAX_CHARACTERS } from '../users/password-hash.js';
import { PasswordHasher, PasswordWorkersBusy } from '../users/password-hasher.js';
import type { User } from '../users/user.entity.js';
import { usernameFault, usernameKey } from '../users/username.js';
import { UsersService } from '../users/users.service.js';

const BUSY_RETRY_SECONDS = 2;
/** What attempts on texts that are no usernames are counted as; a username has no space. */
const NOBODY = 'no username';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** IP address of the caller */
  readonly address: string;
}

/** Tells whose password this is. Every pathway that takes a password goes through here. */
@Injectable()
export class PasswordAuthentication {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly attempts: Attempts,
  ) {}

  /**
   * Takes the same time, and refuses with the same words, for a wrong password, an unknown user and
   * a disabled one.
   *
   * @returns the user as read before the password was looked at, so its epoch is the one to open a session with
   * @throws {IncorrectPassword}
   * @throws {InvalidRequest} when the password is over 1,024 characters
   * @throws {TemporarilyUnavailable} after too many attempts, or while the workers are busy
   */
  async authenticate({ username, password, address }: Credentials): Promise<User> {
    if (isTooLong(password)) {
      throw new InvalidRequest(`password is longer than ${PASSWORD_MAX_CHARACTERS} characters`);
    }
    const name = isUsername(username) ? usernameKey(username) : null;
    const attempt = { name: name ?? NOBODY, address };
    await this.attempts.reserve(attempt);
    try {
      const user = await this.verify(name, password);
      await this.attempts.giveBack(attempt);
      return user;
    } catch (error) {
      if (error instanceof IncorrectPassword) this.attempts.keep(attempt);
      else await this.attempts.giveBack(attempt);
      throw error;
    }
  }

  /**
   * A disabled user's password is compared with nothing, as an unknown user's is: a right one would
   * be known by its time, where the stored hash is a cheap one.
   */
  private async verify(name: string | null, password: string): Promise<User> {
    const user = name === null ? null : await this.users.findWithPasswordHash(name);
    const stored = user && !user.disabled ? user.passwordHash : null;
    const { matches, outdated } = await this.compare(password, stored);
    if (!user) throw new IncorrectPassword('no such user');
    if (user.disabled) throw new IncorrectPassword('the user is disabled');
    if (!matches) throw new IncorrectPassword('wrong password');
    if (outdated) await this.upgradeHash(user, password);
    return user;
  }

  /** A convenience for later sign-ins, so it never fails this one. */
  private async upgradeHash(user: User, password: string): Promise<void> {
    try {
      await this.users.upgradePasswordHash(user, password);
    } catch (error) {
      if (!(error instanceof PasswordWorkersBusy)) throw error;
    }
  }

  private async compare(password: string, stored: string | null) {
    try {
      return await this.hasher.verify(password, stored);
    } catch (error) {
      if (!(error instanceof PasswordWorkersBusy)) throw error;
      throw new TemporarilyUnavailable(
        503,
        'Too many sign-ins at once, try again',
        BUSY_RETRY_SECONDS,
      );
    }
  }
}

/** What can be nobody's name is not asked of the database, which may not even take it. */
function isUsername(text: string): boolean {
  return usernameFault(text, text) === undefined;
}
