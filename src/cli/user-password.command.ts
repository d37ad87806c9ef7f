import type { Command } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import { administerUser } from './administer-users.js';
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
  const { username } = await administerUser(name, async (administration, account, context) => {
    const password = await readNewPassword(options, terminal);
    refuseFaults([await newPasswordFault(password, account, context)]);
    await administration.setPassword(account, password, OPERATING);
  });
  terminal.stdout.write(
    `${username} has a new password, and every session of this account has ended\n`,
  );
}
