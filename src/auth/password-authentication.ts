import { Injectable } from '@nestjs/common';
import { type Attempt, Attempts } from '../platform/limits/attempts.js';
import { type Reservation, TooManyAttempts } from '../platform/limits/counters.js';
import { IncorrectPassword, InvalidRequest } from '../protocol/errors.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { isTooLong, PASSWORD_MAX_CHARACTERS } from '../users/password-hash.js';
import { PasswordHasher, PasswordWorkersBusy } from '../users/password-hasher.js';
import { Passwords } from '../users/passwords.js';
import type { User } from '../users/user.entity.js';
import { usernameFault, usernameKey } from '../users/username.js';
import { UsersService } from '../users/users.service.js';
import { PasswordLog, type PasswordRefusal, type Purpose } from './password-log.js';

/** What attempts on texts that are no usernames are counted as; a username has no space. */
const NOBODY = 'no username';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** IP address of the caller */
  readonly address: string;
  readonly purpose: Purpose;
  /** who is signed in, in the browser that sends it: to that account its address is no stranger's */
  readonly signedIn?: Pick<User, 'usernameKey'> | undefined;
}

/** A password that is counted already. */
interface Reserved extends Pick<Credentials, 'password' | 'purpose'> {
  /** normalised, null where it can be nobody's */
  readonly name: string | null;
}

type Verdict =
  | { readonly user: User; readonly refusal?: undefined }
  | { readonly user: User | null; readonly refusal: PasswordRefusal };

/** Tells whose password this is. Every pathway that takes a password goes through here. */
@Injectable()
export class PasswordAuthentication {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly hasher: PasswordHasher,
    private readonly attempts: Attempts,
    private readonly devices: KnownDevices,
    private readonly log: PasswordLog,
  ) {}

  /**
   * Takes the same time, and refuses with the same words, for a wrong password, an unknown user and
   * a disabled one.
   *
   * @returns the user as read before the password was looked at, so its epoch is the one to open a session with
   * @throws {IncorrectPassword}
   * @throws {InvalidRequest} when the password is over 1,024 characters
   * @throws {TemporarilyUnavailable} after too many attempts
   * @throws {PasswordWorkersBusy}
   */
  async authenticate(credentials: Credentials): Promise<User> {
    const { username, password, address, purpose, signedIn } = credentials;
    if (isTooLong(password)) {
      throw new InvalidRequest(`password is longer than ${PASSWORD_MAX_CHARACTERS} characters`);
    }
    const name = isUsername(username) ? usernameKey(username) : null;
    const device = await this.devices.find(name ?? NOBODY, address);
    const knownDevice = device.known !== null || signedIn?.usernameKey === name;
    const attempt = { name: name ?? NOBODY, address, knownDevice };
    const reservation = await this.reserve(attempt, name, purpose);
    const user = await this.verifyReserved(reservation, { name, password, purpose });
    await this.devices.remember(device, user);
    return user;
  }

  private async reserve(
    attempt: Attempt,
    name: string | null,
    purpose: Purpose,
  ): Promise<Reservation> {
    try {
      return await this.attempts.reserve(attempt);
    } catch (error) {
      if (error instanceof TooManyAttempts) await this.log.limited(purpose, name, error.window);
      throw error;
    }
  }

  /** A wrong password is what is counted, and nothing else. */
  private async verifyReserved(
    reservation: Reservation,
    { name, password, purpose }: Reserved,
  ): Promise<User> {
    const { user, refusal } = await this.verify(name, password).catch(async (error: unknown) => {
      await reservation.giveBack();
      if (error instanceof PasswordWorkersBusy) this.log.busy(purpose);
      throw error;
    });
    if (refusal === undefined) {
      await reservation.giveBack();
      return user;
    }
    reservation.keep();
    await this.log.refused(purpose, refusal, user);
    throw new IncorrectPassword(refusal);
  }

  /**
   * A disabled user's password is compared with nothing, as an unknown user's is: a right one would
   * be known by its time, where the stored hash is a cheap one.
   */
  private async verify(name: string | null, password: string): Promise<Verdict> {
    const user = name === null ? null : await this.users.findWithPasswordHash(name);
    const stored = user && !user.disabled ? user.passwordHash : null;
    const { matches, outdated } = await this.hasher.verify(password, stored);
    if (!user) return { user, refusal: 'unknown_user' };
    if (user.disabled) return { user, refusal: 'disabled' };
    if (!matches) return { user, refusal: 'wrong_password' };
    if (outdated) await this.upgradeHash(user, password);
    return { user };
  }

  /** A convenience for later sign-ins, so it never fails this one. */
  private async upgradeHash(user: User, password: string): Promise<void> {
    try {
      await this.passwords.upgradeHash(user, password);
    } catch (error) {
      if (!(error instanceof PasswordWorkersBusy)) throw error;
    }
  }
}

/** What can be nobody's name is not asked of the database, which may not even take it. */
function isUsername(text: string): boolean {
  return usernameFault(text, text) === undefined;
}
