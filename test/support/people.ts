import type { User } from '../../src/users/user.entity.js';
import { type NewUser, UsersService } from '../../src/users/users.service.js';
import type { TestApp } from './app.js';

export const PASSWORD = 'a garden in the rain';

let made = 0;

/** Somebody whom no other test knows, with a verified address unless told otherwise. */
export function somebody({ app }: TestApp, changes: Partial<NewUser> = {}): Promise<User> {
  const username = changes.username ?? `person-${++made}`;
  return app.get(UsersService).create({
    username,
    password: PASSWORD,
    email: `${username}@example.com`,
    emailVerified: true,
    ...changes,
  });
}
