import type { User } from '../users/user.entity.js';
import type { UsersService } from '../users/users.service.js';
import { printable } from './output.js';
import { Refused } from './refusal.js';

/** @throws {Refused} when nobody has this username */
export async function findUser(users: UsersService, username: string): Promise<User> {
  const user = await users.findByUsername(username);
  if (!user) throw new Refused(`There is no user ${printable(username)}`);
  return user;
}
