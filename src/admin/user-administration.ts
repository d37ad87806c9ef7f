import { Injectable } from '@nestjs/common';
import { beyondUserReach, type UserManager } from '../auth/user-manager.js';
import {
  Audit,
  type AuditEvent,
  type Doer,
  type Subject,
  subjectOf,
} from '../platform/audit/audit.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { MassEnd } from '../sessions/mass-end.js';
import { AccountMails, verifiedAddress } from '../users/account-mails.js';
import { EmailAddresses } from '../users/email-addresses.js';
import { Passwords } from '../users/passwords.js';
import { EmailTaken, UsernameTaken } from '../users/refusals.js';
import type { User } from '../users/user.entity.js';
import { type ChangedUser, UserRegistry } from '../users/user-registry.js';
import { type NewUser, type UserChanges, UsersService } from '../users/users.service.js';
import { BeyondReach } from './beyond-reach.js';
import { NotedRefusals } from './noted-refusals.js';
import { DISABLED, NO_ADDRESS, NoLinkPossible } from './user-refusals.js';

/** Somebody who is to choose the password by a mailed link. */
export type Invitation = Pick<NewUser, 'username' | 'fullName' | 'role'> & {
  readonly email: string;
};

/**
 * What administrators, machines and the command line do with accounts: the rules first, then the
 * account, then the sessions that ended are told why, and the person. What a rule refuses is written
 * down as well.
 */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly registry: UserRegistry,
    private readonly emails: EmailAddresses,
    private readonly mails: AccountMails,
    private readonly devices: KnownDevices,
    private readonly massEnd: MassEnd,
    private readonly audit: Audit,
    private readonly refusals: NotedRefusals,
  ) {}

  /**
   * Makes an account with a password.
   *
   * @throws {UsernameTaken}
   * @throws {EmailTaken}
   */
  async create(account: NewUser, { by }: UserManager): Promise<User> {
    const user = await this.users.create(account);
    await this.record('user.created', user, by);
    return user;
  }

  /**
   * Makes an account without a password, and mails a link to choose it: nobody but its owner ever
   * knows it. The address counts as verified, since no other way leads into the account.
   *
   * @throws {BeyondReach}
   * @throws {UsernameTaken}
   * @throws {EmailTaken}
   * @throws {TemporarilyUnavailable} after too many mails to this address
   */
  async invite(invitation: Invitation, manager: UserManager): Promise<User> {
    await this.refuseBeyond('user.created', undefined, invitation, manager);
    // Asked first, so that what is refused counts for nothing; the unique indexes have the last word.
    if (await this.users.findByUsername(invitation.username)) throw new UsernameTaken();
    if (await this.emails.findOwner(invitation.email)) throw new EmailTaken();
    await this.mails.countLinkTo(invitation.email);
    const user = await this.users.create({ ...invitation, password: null, emailVerified: true });
    await this.record('user.created', user, manager.by, 'invitation');
    this.mails.sendInvitation(user);
    return user;
  }

  /**
   * All of it or nothing.
   *
   * @throws {NoSuchUser}
   * @throws {BeyondReach}
   * @throws {LastAdministrator}
   */
  async change(id: string, changes: UserChanges, manager: UserManager): Promise<User> {
    const changed = await this.noting(mainEventOf(changes), id, manager, () =>
      this.registry.change(id, (user) => {
        refuseBeyond(user, { ...user, ...changes }, manager);
        return changes;
      }),
    );
    const { before, after } = changed;
    for (const [event, reason] of eventsOf(changed)) {
      await this.record(event, after, manager.by, reason);
    }
    if (after.disabled && !before.disabled) {
      await this.massEnd.explain({ userId: id }, 'user_disabled', manager.by);
    }
    return after;
  }

  /** Ends every session of the account. */
  async setPassword(user: User, password: string, { by }: UserManager): Promise<void> {
    const { id } = user;
    await this.passwords.set(id, password);
    await this.devices.forget(id);
    await this.record('user.password_changed', user, by, 'set_by_operator');
    await this.massEnd.explain({ userId: id }, 'password_changed', by);
    this.mails.tellPasswordChanged(user);
  }

  /**
   * Mails a link for a new password; the invitation again to who has not chosen one yet.
   *
   * @throws {NoSuchUser}
   * @throws {BeyondReach}
   * @throws {NoLinkPossible}
   * @throws {TemporarilyUnavailable} after too many mails to this address
   */
  async mailLink(id: string, manager: UserManager): Promise<void> {
    const user = await this.registry.read(id);
    await this.refuseBeyond('user.reset_mailed', user, undefined, manager);
    if (user.disabled) throw new NoLinkPossible(DISABLED);
    const address = verifiedAddress(user);
    if (address === null) throw new NoLinkPossible(NO_ADDRESS);
    const invited = await this.registry.isInvited(user);
    await this.mails.countLinkTo(address);
    if (invited) this.mails.sendInvitation(user);
    else this.mails.sendResetByAdministrator(user);
    const reason = invited ? 'invitation' : 'password_reset';
    await this.record('user.reset_mailed', user, manager.by, reason);
  }

  /**
   * Everything of the account goes with it.
   *
   * @throws {NoSuchUser}
   * @throws {BeyondReach}
   * @throws {LastAdministrator}
   */
  async delete(id: string, manager: UserManager): Promise<void> {
    const user = await this.noting('user.deleted', id, manager, () =>
      this.registry.delete(id, (before) => refuseBeyond(before, undefined, manager)),
    );
    await this.record('user.deleted', user, manager.by);
    this.mails.tellDeleted(user);
  }

  private refuseBeyond(
    event: AuditEvent,
    before: User | undefined,
    after: Pick<Partial<User>, 'role'> | undefined,
    manager: UserManager,
  ): Promise<void> {
    return this.noting(event, before?.id, manager, () => refuseBeyond(before, after, manager));
  }

  /** @param id undefined of an account that is not made yet */
  private noting<T>(
    event: AuditEvent,
    id: string | undefined,
    { by }: UserManager,
    work: () => T | Promise<T>,
  ): Promise<T> {
    return this.refusals.noting({ event, by, ...onWhom(id, by) }, work);
  }

  private record(event: AuditEvent, { id }: User, by: Doer, reason?: string): Promise<void> {
    return this.audit.record({ event, by, ...onWhom(id, by), ...(reason && { reason }) });
  }
}

/** @throws {BeyondReach} */
function refuseBeyond(...decision: Parameters<typeof beyondUserReach>): void {
  const reason = beyondUserReach(...decision);
  if (reason !== undefined) throw new BeyondReach(reason);
}

/** What a change is written down as when it is refused, which it is as a whole. */
function mainEventOf({ disabled, role }: UserChanges): AuditEvent {
  if (disabled === true) return 'user.disabled';
  if (role !== undefined) return 'user.role_changed';
  return disabled === false ? 'user.enabled' : 'user.changed';
}

function eventsOf({ before, after }: ChangedUser): [AuditEvent, reason?: string][] {
  const { disabled, role, fullName } = after;
  return [
    ...(disabled === before.disabled ? [] : [[disabled ? 'user.disabled' : 'user.enabled']]),
    ...(role === before.role ? [] : [['user.role_changed', `${before.role}_to_${role}`]]),
    ...(fullName === before.fullName ? [] : [['user.changed', 'full_name']]),
  ] as [AuditEvent, string?][];
}

/** Of an account that was not made there is no id: that is written down of who wanted it. */
function onWhom(id: string | undefined, by: Doer): { subject: Subject; userId?: string } {
  if (id !== undefined) return { subject: `user:${id}`, userId: id };
  return { subject: subjectOf(by) };
}
