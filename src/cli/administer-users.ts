import type { INestApplicationContext } from '@nestjs/common';
import { NoLinkPossible } from '../admin/user-refusals.js';
import { UserAdministration } from '../admin/user-administration.js';
import { EmailTaken, LastAdministrator, UsernameTaken } from '../users/refusals.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import { Refused } from './refusal.js';

const REFUSALS = [EmailTaken, LastAdministrator, NoLinkPossible];

/**
 * Does something with accounts, and refuses in the words of the command line.
 *
 * @throws {Refused}
 */
export function administerUsers<T>(
  work: (administration: UserAdministration, context: INestApplicationContext) => Promise<T>,
): Promise<T> {
  return withContext(async (context) => {
    try {
      return await work(context.get(UserAdministration), context);
    } catch (error) {
      throw refusalOf(error);
    }
  });
}

/**
 * As `administerUsers()`, with one account.
 *
 * @returns the account as it was before
 * @throws {Refused} also when nobody has this username
 */
export function administerUser(
  username: string,
  work: (
    administration: UserAdministration,
    user: User,
    context: INestApplicationContext,
  ) => Promise<unknown>,
): Promise<User> {
  return administerUsers(async (administration, context) => {
    const user = await findUser(context.get(UsersService), username);
    await work(administration, user, context);
    return user;
  });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof UsernameTaken) return new Refused('The username is taken');
  return REFUSALS.some((kind) => error instanceof kind)
    ? new Refused((error as Error).message)
    : error;
}
