import type { Message } from '../platform/mail/message.js';

/** Whom a message is to, and as whom they are known here. */
export interface Recipient {
  readonly to: string;
  readonly username: string;
}

/**
 * What people are mailed, all of it in one place. A link is the only thing in here that is secret.
 *
 * This one goes to whomever somebody names, so it says nothing that somebody may choose: a username may
 * read like an advertisement, or like a web address.
 */
export function verificationMessage(to: string, url: string): Message {
  return {
    to,
    subject: 'Confirm your e-mail address',
    paragraphs: ['Hello,', 'please confirm that this is your e-mail address.'],
    action: { label: 'Confirm this address', url },
    closing: [
      'The link works once, within 24 hours.',
      'If you have no account here, somebody mistyped an address: do nothing, and you hear no more of it.',
    ],
  };
}

export function resetMessage({ to, username }: Recipient, url: string): Message {
  return {
    to,
    subject: 'Set a new password',
    paragraphs: [
      `Hello ${username},`,
      'somebody, you we hope, has asked for a new password for your account.',
    ],
    action: { label: 'Set a new password', url },
    closing: [
      'The link works once, within an hour. A new password signs you out everywhere.',
      'If it was not you, do nothing: your password stays as it is.',
    ],
  };
}

/** For whom an administrator has made an account, and chosen the username. */
export function invitationMessage({ to, username }: Recipient, url: string): Message {
  return {
    to,
    subject: 'Your new account',
    paragraphs: [
      `Hello ${username},`,
      'an account was made for you, and that is your username. It has no password yet: you choose it.',
    ],
    action: { label: 'Choose your password', url },
    closing: [
      'The link works once, within 7 days. After that, ask whoever runs this service for another.',
      'If you expect no account here, do nothing: without a password nobody can use it.',
    ],
  };
}

/** As `resetMessage()`, where it was not the person who asked. */
export function resetByAdministratorMessage({ to, username }: Recipient, url: string): Message {
  return {
    to,
    subject: 'Set a new password',
    paragraphs: [
      `Hello ${username},`,
      'whoever runs this service sends you a link to set a new password for your account.',
    ],
    action: { label: 'Set a new password', url },
    closing: [
      'The link works once, within an hour. A new password signs you out everywhere.',
      'If you want none, do nothing: your password stays as it is.',
    ],
  };
}

/** To the owner of an address that somebody gave as theirs, so that nobody else learns that it is known. */
export function addressInUseMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'You have an account already',
    paragraphs: [
      `Hello ${username},`,
      'somebody, perhaps you, has given this address for another account. It belongs to yours, so nothing has changed.',
    ],
    closing: [
      `Sign in as ${username}. If you have forgotten the password, ask for a new one with this address.`,
    ],
  };
}

export function passwordChangedMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'Your password was changed',
    paragraphs: [
      `Hello ${username},`,
      'your password was changed just now, and every device was signed out.',
    ],
    closing: ['If it was not you, ask for a new password with this address at once.'],
  };
}

/** Of an account whose first password was chosen by the link of an invitation. */
export function passwordChosenMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'Your account is ready',
    paragraphs: [`Hello ${username},`, 'the password of your new account was chosen just now.'],
    closing: ['If it was not you, ask for a new password with this address at once.'],
  };
}

/** To the verified address, before anything has changed. */
export function emailChangingMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'Your e-mail address is about to change',
    paragraphs: [
      `Hello ${username},`,
      'somebody who is signed in to your account has named another e-mail address for it. As soon as that one is confirmed, it takes the place of this one.',
    ],
    closing: [
      'If it was not you, change your password now: that signs everybody out, and this address stays.',
    ],
  };
}

/** To the address that was the account's until now. */
export function emailChangedMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `Hello ${username},`,
      'your account has another e-mail address now, and nothing more will be sent to this one.',
    ],
    closing: ['If it was not you, tell whoever runs this service at once.'],
  };
}

export function accountDeletedMessage({ to, username }: Recipient): Message {
  return {
    to,
    subject: 'Your account was deleted',
    paragraphs: [`Goodbye ${username},`, 'your account and everything in it were deleted.'],
    closing: ['If it was not you, tell whoever runs this service at once.'],
  };
}
