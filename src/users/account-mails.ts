import { Injectable } from '@nestjs/common';
import { Quota } from '../platform/limits/quota.js';
import type { Message } from '../platform/mail/message.js';
import { Post } from '../platform/mail/post.js';
import { Settings } from '../platform/settings/settings.js';
import { AccountLinks } from './account-links.js';
import { addressToVerify, EmailAddresses } from './email-addresses.js';
import {
  accountDeletedMessage,
  addressInUseMessage,
  emailChangedMessage,
  emailChangingMessage,
  invitationMessage,
  passwordChangedMessage,
  passwordChosenMessage,
  type Recipient,
  resetByAdministratorMessage,
  resetMessage,
  verificationMessage,
} from './messages.js';
import { emailFault, emailKey } from './profile.js';
import type { User } from './user.entity.js';
import { usernameFault } from './username.js';
import { UsersService } from './users.service.js';

type Addressee = Pick<User, 'username' | 'email' | 'verifiedEmailKey'>;

/**
 * Mails people about their accounts. Everything is looked up and sent after the answer, which so takes
 * the same time and says the same whoever has an account here.
 */
@Injectable()
export class AccountMails {
  constructor(
    private readonly post: Post,
    private readonly users: UsersService,
    private readonly emails: EmailAddresses,
    private readonly links: AccountLinks,
    private readonly quota: Quota,
    private readonly settings: Settings,
  ) {}

  /** A link that verifies an address; where it is another account's, that one is told instead. */
  sendVerification(user: User): void {
    const to = addressToVerify(user);
    if (to === null) return;
    this.post.later(async () => {
      // Of each account, too, or one could write to a thousand addresses.
      if (!(await this.quota.allows('verification-mail', user.id))) return null;
      if (!(await this.quota.allows('verification-mail', emailKey(to)))) return null;
      const owner = await this.emails.findOwner(to);
      if (owner) return addressInUseMessage({ to, username: owner.username });
      const token = await this.links.issue(user, 'email_verification', to);
      const url = this.urlOf('/email-verification', token);
      return verificationMessage(to, url);
    });
  }

  /** A link for a new password, to whoever is meant, if there is a verified address. */
  sendReset(usernameOrEmail: string): void {
    this.post.later(async () => {
      const user = await this.findMeant(usernameOrEmail);
      const to = verifiedAddress(user);
      if (!user || user.disabled || to === null) return null;
      // Counted apart, so that nobody's sign-ups with this address use up what its owner needs.
      if (!(await this.quota.allows('reset-mail', emailKey(to)))) return null;
      const token = await this.links.issue(user, 'password_reset', to);
      return resetMessage({ to, username: user.username }, this.urlOf('/password-reset', token));
    });
  }

  /**
   * Before a link is mailed at the word of somebody else than its reader.
   *
   * @throws {TemporarilyUnavailable} 429, when as many went to this address as anybody can want
   */
  async countLinkTo(address: string): Promise<void> {
    await this.quota.take('link-mail', emailKey(address));
  }

  /** A link for the first password. */
  sendInvitation(user: User): void {
    this.sendLink(user, 'invitation', invitationMessage);
  }

  /** A link for a new password, which somebody else has asked for. */
  sendResetByAdministrator(user: User): void {
    this.sendLink(user, 'password_reset', resetByAdministratorMessage);
  }

  tellPasswordChosen(user: Addressee): void {
    this.tell(user, passwordChosenMessage);
  }

  tellPasswordChanged(user: Addressee): void {
    this.tell(user, passwordChangedMessage);
  }

  /**
   * Bounded, as whoever has a token may name one address after another.
   *
   * @param user as before the change, which is still to be verified
   */
  tellEmailChanging(user: User): void {
    const to = verifiedAddress(user);
    if (to === null) return;
    this.post.later(async () => {
      if (!(await this.quota.allows('notice-mail', user.id))) return null;
      return emailChangingMessage({ to, username: user.username });
    });
  }

  /** @param user as before the change */
  tellEmailChanged(user: Addressee): void {
    this.tell(user, emailChangedMessage);
  }

  /** @param user as before the deletion */
  tellDeleted(user: Addressee): void {
    this.tell(user, accountDeletedMessage);
  }

  private sendLink(
    user: User,
    purpose: 'invitation' | 'password_reset',
    messageWith: (recipient: Recipient, url: string) => Message,
  ): void {
    const to = verifiedAddress(user);
    if (to === null) return;
    this.post.later(async () => {
      const token = await this.links.issue(user, purpose, to);
      return messageWith({ to, username: user.username }, this.urlOf('/password-reset', token));
    });
  }

  private tell(user: Addressee, messageTo: (recipient: Recipient) => Message): void {
    const to = verifiedAddress(user);
    if (to !== null) this.post.later(messageTo({ to, username: user.username }));
  }

  /** The verified address comes first: a username may be the address of somebody else, who has not verified it. */
  private async findMeant(text: string): Promise<User | null> {
    const owner = emailFault(text) === undefined ? await this.emails.findOwner(text) : null;
    if (owner) return owner;
    return usernameFault(text, text) === undefined ? this.users.findByUsername(text) : null;
  }

  /** From PUBLIC_URL alone: a Host header is anybody's text. */
  private urlOf(path: string, token: string): string {
    return `${this.settings.PUBLIC_URL}${path}?token=${token}`;
  }
}

/** @returns null when there is none, so no link can be mailed */
export function verifiedAddress(user: Addressee | null): string | null {
  return user && user.verifiedEmailKey !== null ? user.email : null;
}
