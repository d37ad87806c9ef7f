import type { Operator } from './operator.js';

export const OLD_PASSWORD = 'old password';
export const NEW_PASSWORD = 'new password';

export interface Person {
  readonly id: string;
  readonly username: string;
}

/** Whom it happens to; with a verified address, to which a link can be mailed. */
export const personCalled = (username: string) => ({
  username,
  password: OLD_PASSWORD,
  email: emailOf(username),
  emailVerified: true,
});

/** What a person's sessions do not survive. */
export interface AccountChange {
  readonly of: string;
  readonly make: (
    services: Pick<Operator, 'users' | 'passwords' | 'links'>,
    person: Person,
  ) => Promise<unknown>;
  /** which password signs in after it */
  readonly passwordAfter: string | undefined;
}

export const ACCOUNT_CHANGES: readonly AccountChange[] = [
  {
    of: 'password change',
    make: ({ passwords }, { id }) => passwords.set(id, NEW_PASSWORD),
    passwordAfter: NEW_PASSWORD,
  },
  {
    of: 'reset by a mailed link',
    make: async ({ passwords, links }, { id, username }) => {
      const token = await links.issue({ id, authEpoch: 0 }, 'password_reset', emailOf(username));
      const link = await links.find(token, 'password_reset');
      if (!link || !(await passwords.reset(link, NEW_PASSWORD))) throw new Error('no reset');
    },
    passwordAfter: NEW_PASSWORD,
  },
  {
    of: 'disabling',
    make: ({ users }, { id }) => users.change({ id }, { disabled: true }),
    passwordAfter: undefined,
  },
  {
    of: 'end of all sessions',
    make: ({ users }, { id }) => users.endSessions(id),
    passwordAfter: OLD_PASSWORD,
  },
];

function emailOf(username: string): string {
  return `${username}@example.com`;
}
