import { Injectable } from '@nestjs/common';
import { Audit } from '../platform/audit/audit.js';
import type { Origin } from '../platform/http/origin.js';
import type { AccountLink } from '../users/account-link.entity.js';
import { AccountLinks } from '../users/account-links.js';
import { AccountMails } from '../users/account-mails.js';
import { EmailAddresses } from '../users/email-addresses.js';
import { InvalidLink } from './invalid-link.js';

/** Takes a mailed link for the verification of an address, be it sent as JSON or by the button of the page. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly emails: EmailAddresses,
    private readonly links: AccountLinks,
    private readonly mails: AccountMails,
    private readonly audit: Audit,
  ) {}

  /** @returns a link that is good now, with its user */
  find(token: string): Promise<AccountLink | null> {
    return this.links.find(token, 'email_verification');
  }

  /** @throws {InvalidLink} also where the address is meanwhile another account's */
  async confirm(token: string, origin: Origin): Promise<void> {
    const link = await this.find(token);
    if (!link || !(await this.emails.verify(link))) throw new InvalidLink();
    const { user, userId } = link;
    await this.audit.record({
      event: 'user.email_verified',
      by: { actor: `user:${userId}`, origin },
      subject: `user:${userId}`,
      userId,
    });
    this.mails.tellEmailChanged(user); // to the one before, if that was confirmed
  }
}
