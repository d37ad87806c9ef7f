import { Argument, type Command } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import { ROLES, type UserRole } from '../users/user.entity.js';
import type { UserChanges } from '../users/users.service.js';
import { administerUser } from './administer-users.js';
import type { Terminal } from './terminal.js';

/** `user disable`: a running server hears of it within a second. */
export function addUserDisable(user: Command, { stdout }: Terminal): void {
  user
    .command('disable')
    .description('refuse an account every sign-in, and end its sessions')
    .argument('<username>')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user disable bob')
    .action(async (name: string) => {
      const { username } = await change(name, { disabled: true });
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
      const { username } = await change(name, { disabled: false });
      stdout.write(`${username} may sign in\n`);
    });
}

/** `user role`: ends no session, as each token is good for what the role has now. */
export function addUserRole(user: Command, { stdout }: Terminal): void {
  user
    .command('role')
    .description('make an account one of an administrator, or of a user')
    .argument('<username>')
    .addArgument(new Argument('<role>', 'what the account may do').choices(ROLES))
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user role alice admin')
    .action(async (name: string, role: UserRole) => {
      const { username } = await change(name, { role });
      const what = role === 'admin' ? 'an administrator' : 'a user';
      stdout.write(`${username} is ${what}\n`);
    });
}

function change(name: string, changes: UserChanges) {
  return administerUser(name, (administration, { id }) =>
    administration.change(id, changes, OPERATING),
  );
}
