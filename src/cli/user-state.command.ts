import type { Command } from 'commander';
import { LastAdministrator, UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import { Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

/** `user disable`: a running server hears of it within a second. */
export function addUserDisable(user: Command, { stdout }: Terminal): void {
  user
    .command('disable')
    .description('refuse an account every sign-in, and end its sessions')
    .argument('<username>')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user disable bob')
    .action(async (name: string) => {
      const { username } = await withContext((context) => disable(context.get(UsersService), name));
      stdout.write(`${username} is disabled, and every session of this account has ended\n`);
    });
}

/** `user enable`: the sessions that the disabling ended stay ended. */
export function addUserEnable(user: Command, { stdout }: Terminal): void {
  user
    .command('enable')
    .description('let a disabled account sign in again')
    .argument('<username>')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user enable bob')
    .action(async (name: string) => {
      const { username } = await withContext(async (context) => {
        const users = context.get(UsersService);
        const account = await findUser(users, name);
        await users.enable(account.id);
        return account;
      });
      stdout.write(`${username} may sign in\n`);
    });
}

async function disable(users: UsersService, name: string) {
  const account = await findUser(users, name);
  try {
    await users.disable(account.id);
  } catch (error) {
    throw error instanceof LastAdministrator ? new Refused(error.message) : error;
  }
  return account;
}
