/** What the pages of mailed links say. */
export const TEXTS = {
  newPassword: {
    title: 'Set a new password',
    account: 'Account',
    label: 'New password',
    rule: (shortest: number) =>
      `At least ${shortest} characters; a few words with spaces between them make a good one. Not your name or e-mail address, nor one of the most common passwords.`,
    fault: (what: string) => `The password ${what}.`,
    button: 'Set the password',
    consequence: 'This signs the account out everywhere.',
  },
  /** in place of those above, for who has been invited */
  firstPassword: {
    title: 'Choose your password',
    label: 'Password',
    consequence: 'Then sign in with your username and this password.',
  },
  passwordIsSet: {
    title: 'The password is set',
    paragraphs: [
      'Wherever the account was signed in, it is signed out. Sign in with the new password.',
      'You can close this page.',
    ],
  },
  deadReset: {
    title: 'This link no longer works',
    paragraphs: [
      'It was used already, it is older than an hour, or a part of it is missing. Opening it has changed nothing.',
      'To set a new password, ask for another link where you asked for this one, and open the newest mail.',
    ],
  },
  deadInvitation: {
    title: 'This link no longer works',
    paragraphs: [
      'It was used already, it is older than a week, or a part of it is missing. Opening it has changed nothing.',
      'If you have chosen your password already, sign in with it. Otherwise ask whoever invited you for another link, and open the newest mail.',
    ],
  },
  confirmAddress: {
    title: 'Confirm your e-mail address',
    address: 'E-mail address',
    account: 'Account',
    button: 'Confirm this address',
    warning: 'If one of them is not yours, close this page: then nothing changes.',
  },
  addressIsConfirmed: {
    title: 'The address is confirmed',
    paragraphs: ['It is the e-mail address of the account now.', 'You can close this page.'],
  },
  deadVerification: {
    title: 'This link no longer works',
    paragraphs: [
      'It was used already, it is older than a day, the address was changed since, or a part of the link is missing.',
      'If the address is not confirmed yet, sign in and ask for another link, and open the newest mail.',
    ],
  },
} as const;
