import type { User } from '../../../src/users/user.entity.js';

/** A user with the id `user-<n>`. */
export function userRow(n: number): User {
  return {
    id: `user-${n}`,
    username: `user${n}`,
    usernameKey: `user${n}`,
    email: null,
    verifiedEmailKey: null,
    pendingEmail: null,
    fullName: null,
    role: 'user',
    disabled: false,
    passwordHash: 'none',
    authEpoch: 0,
    createdAt: 1_800_000_000,
    updatedAt: 1_800_000_000,
  };
}
