import type { Command } from 'commander';
import { Settings } from '../platform/settings/settings.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import {
  newPasswordFault,
  type PasswordOptions,
  passwordStdinOption,
  readNewPassword,
  requirePasswordSource,
} from './new-password.js';
import { refuseFaults } from './refusal.js';
import type { Terminal } from './terminal.js';

/** `user password`: for who has lost it, or whose sessions a thief may have. */
export function addUserPassword(user: Command, terminal: Terminal): void {
  user
    .command('password')
    .description('set a new password, and end the sessions of the account')
    .argument('<username>')
    .addOption(passwordStdinOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm run hallpass -- user password admin' +
        '\n  $ npm run hallpass -- user password admin --password-stdin < password.txt',
    )
    .action((name: string, options: PasswordOptions) => setPassword(name, options, terminal));
}

async function setPassword(
  name: string,
  options: PasswordOptions,
  terminal: Terminal,
): Promise<void> {
  requirePasswordSource(options, terminal);
  const { username } = await withContext(async (context) => {
    const users = context.get(UsersService);
    const account = await findUser(users, name);
    const password = await readNewPassword(options, terminal);
    refuseFaults([newPasswordFault(password, context.get(Settings))]);
    await users.setPassword(account.id, password);
    return account;
  });
  terminal.stdout.write(
    `${username} has a new password, and every session of this account has ended\n`,
  );
}
