import { Injectable } from '@nestjs/common';
import type { Client } from '../clients/client.entity.js';
import { Audit, type Deed, type Doer } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import type { Origin } from '../platform/http/origin.js';
import { Occurrences, type SignInResult } from '../platform/occurrences.js';
import { Once } from '../platform/once.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';

/** What a password is sent for, and by whom. */
export interface Purpose {
  readonly event: 'sign_in' | 'user.password_changed' | 'user.deleted';
  readonly by: Doer;
}

/** Why nothing came of a password. */
export type PasswordRefusal =
  | 'unknown_user'
  | 'wrong_password'
  | 'disabled'
  | 'too_many_attempts'
  | 'invalid_scope'
  | 'user_left';

/** Until a password was found right, the client is all that is known of who signs in. */
export function signInBy({ id }: Pick<Client, 'id'>, origin: Origin): Purpose {
  return { event: 'sign_in', by: { actor: `client:${id}`, origin } };
}

/**
 * Writes down what became of passwords. What was typed for a name is not in it, even where it is
 * nobody's: people type passwords there.
 */
@Injectable()
export class PasswordLog {
  private readonly limits: Once;

  constructor(
    private readonly audit: Audit,
    private readonly occurrences: Occurrences,
    private readonly users: UsersService,
    clock: Clock,
  ) {
    this.limits = new Once(clock);
  }

  async accepted(purpose: Purpose, user: Pick<User, 'id'>): Promise<void> {
    await this.audit.record({ ...purpose, ...subjectOf(user) });
    this.count(purpose, 'success');
  }

  /** One write, whoever it is about: its time must tell no unknown user from a known one. */
  async refused(
    purpose: Purpose,
    reason: PasswordRefusal,
    user: Pick<User, 'id'> | null,
  ): Promise<void> {
    await this.audit.record({ ...purpose, ...subjectOf(user), reason, result: 'refused' });
    this.count(purpose, 'refused');
  }

  /**
   * The first of a window: who is refused without a look at the password may ask as often as they like,
   * and must not fill the log.
   *
   * @param name normalised, null where it can be nobody's
   * @param window whose limit was reached
   */
  async limited(purpose: Purpose, name: string | null, window: string): Promise<void> {
    this.count(purpose, 'limited');
    if (!this.limits.isFirst(window)) return;
    const user = name === null ? null : await this.users.findByUsername(name);
    const reason: PasswordRefusal = 'too_many_attempts';
    await this.audit.record({ ...purpose, ...subjectOf(user), reason, result: 'refused' });
  }

  /** Counted alone: nothing was tried. */
  busy(purpose: Purpose): void {
    this.count(purpose, 'busy');
  }

  private count({ event }: Purpose, result: SignInResult): void {
    if (event === 'sign_in') this.occurrences.note({ of: 'sign_in', result });
  }
}

function subjectOf(user: Pick<User, 'id'> | null): Pick<Deed, 'subject' | 'userId'> {
  return user ? { subject: `user:${user.id}`, userId: user.id } : { subject: 'nobody' };
}
