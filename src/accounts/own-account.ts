import { ConflictException, Injectable } from '@nestjs/common';
import { Audit, type AuditEvent, type Doer } from '../platform/audit/audit.js';
import { unprocessable } from '../platform/http/validation.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { MassEnd } from '../sessions/mass-end.js';
import { AccountMails } from '../users/account-mails.js';
import { EmailAddresses, EmailChangedMeanwhile, isNamedByEmail } from '../users/email-addresses.js';
import { Passwords } from '../users/passwords.js';
import type { User } from '../users/user.entity.js';
import { usernameFault } from '../users/username.js';
import { LastAdministrator } from '../users/refusals.js';
import { UsersService } from '../users/users.service.js';
import type { AccountChangesDto, PasswordChangeDto } from './account-body.dto.js';
import { OwnPassword } from './own-password.js';

interface From {
  /** IP address of the caller */
  readonly address: string;
}

/** What people may do to their own account. */
@Injectable()
export class OwnAccount {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly emails: EmailAddresses,
    private readonly password: OwnPassword,
    private readonly mails: AccountMails,
    private readonly sessions: MassEnd,
    private readonly devices: KnownDevices,
    private readonly audit: Audit,
  ) {}

  /** @returns the account as it is then */
  async change(user: User, { email, full_name }: AccountChangesDto, by: Doer): Promise<User> {
    if (email !== undefined) refuseUnfit(user, email);
    const changed = email === undefined ? user : await this.changeEmail(user, email, by);
    if (full_name === undefined) return changed;
    await this.users.setFullName(user, full_name);
    return { ...changed, fullName: full_name };
  }

  async changePassword(
    user: User,
    { current_password, new_password, address }: PasswordChangeDto & From,
    by: Doer,
  ): Promise<void> {
    await this.password.refuseWeak('new_password', new_password, user);
    const purpose = { event: 'user.password_changed', by } as const;
    const proof = { password: current_password, address, purpose };
    const proved = await this.password.prove(user, proof);
    if (!(await this.passwords.change(proved, new_password))) {
      throw new ConflictException('The password was changed meanwhile');
    }
    await this.devices.forget(user.id);
    await this.record('user.password_changed', user, by);
    await this.sessions.explain({ userId: user.id }, 'password_changed', by);
    this.mails.tellPasswordChanged(user);
  }

  async delete(user: User, { password, address }: { password: string } & From, by: Doer) {
    const purpose = { event: 'user.deleted', by } as const;
    const proof = { password, address, purpose };
    const { id, authEpoch } = await this.password.prove(user, proof);
    const deleted = await this.users.delete({ id, authEpoch }).catch(async (error: unknown) => {
      if (!(error instanceof LastAdministrator)) throw error;
      await this.record('user.deleted', user, by, error.reason);
      throw new ConflictException(error.message);
    });
    if (!deleted) throw new ConflictException('The password was changed meanwhile');
    await this.record('user.deleted', user, by);
    this.mails.tellDeleted(user);
  }

  private async changeEmail(user: User, email: string | null, by: Doer): Promise<User> {
    const changed = await this.emails.change(user, email).catch((error: unknown) => {
      if (!(error instanceof EmailChangedMeanwhile)) throw error;
      throw new ConflictException('The e-mail address was changed meanwhile, try again');
    });
    await this.record('user.email_changed', user, by);
    this.mails.sendVerification(changed);
    if (changed.pendingEmail !== null) this.mails.tellEmailChanging(user);
    return changed;
  }

  /** @param refusal why it was not done */
  private record(event: AuditEvent, { id }: User, by: Doer, refusal?: string): Promise<void> {
    const refused = refusal === undefined ? {} : ({ result: 'refused', reason: refusal } as const);
    return this.audit.record({ event, by, subject: `user:${id}`, userId: id, ...refused });
  }
}

/**
 * What is verified is the way back into the account, and not taken away by whoever has a token. A
 * username that is the address becomes the new one with it, so the new one has to be fit for that.
 */
function refuseUnfit(user: User, email: string | null): void {
  const isNeeded = user.verifiedEmailKey !== null || isNamedByEmail(user);
  const message =
    email === null
      ? isNeeded && 'is confirmed or your username, so it can only be replaced by another'
      : isNamedByEmail(user) && usernameFault(email, email);
  if (message) throw unprocessable([{ field: 'email', message }]);
}
