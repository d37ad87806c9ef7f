import { Injectable } from '@nestjs/common';
import { Audit } from '../platform/audit/audit.js';
import type { Origin } from '../platform/http/origin.js';
import { KnownDevices } from '../sessions/known-devices.js';
import { MassEnd } from '../sessions/mass-end.js';
import type { AccountLink } from '../users/account-link.entity.js';
import { AccountLinks } from '../users/account-links.js';
import { AccountMails } from '../users/account-mails.js';
import { Passwords } from '../users/passwords.js';
import type { NewPasswordDto } from './account-body.dto.js';
import { InvalidLink } from './invalid-link.js';
import { OwnPassword } from './own-password.js';

/** Sets a password for whoever was mailed a link, for a new one or for the first, be it sent as JSON or by the form of the page. */
@Injectable()
export class PasswordReset {
  constructor(
    private readonly passwords: Passwords,
    private readonly links: AccountLinks,
    private readonly password: OwnPassword,
    private readonly mails: AccountMails,
    private readonly sessions: MassEnd,
    private readonly devices: KnownDevices,
    private readonly audit: Audit,
  ) {}

  /** @returns a link that is good now, with its user */
  find(token: string): Promise<AccountLink | null> {
    return this.links.find(token, 'password_reset', 'invitation');
  }

  /**
   * Ends every session and every other link of the account.
   *
   * @throws {InvalidLink}
   * @throws {UnprocessableEntityException} for a weak password, which leaves the link good
   */
  async confirm({ token, new_password }: NewPasswordDto, origin: Origin): Promise<void> {
    const link = await this.find(token);
    if (!link) throw new InvalidLink();
    const { user, userId, purpose } = link;
    await this.password.refuseWeak('new_password', new_password, user);
    if (!(await this.passwords.reset(link, new_password))) throw new InvalidLink();
    await this.links.withdraw(userId);
    await this.devices.forget(userId);
    const by = { actor: `user:${userId}`, origin } as const;
    await this.audit.record({
      event: 'user.password_changed',
      by,
      subject: `user:${userId}`,
      userId,
      reason: purpose === 'invitation' ? 'invitation' : 'mailed_link',
    });
    await this.sessions.explain({ userId }, 'password_changed', by);
    if (purpose === 'invitation') this.mails.tellPasswordChosen(user);
    else this.mails.tellPasswordChanged(user);
  }
}
