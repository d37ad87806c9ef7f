import type { Command } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import { administerUser } from './administer-users.js';
import { confirm, requireSomebody } from './confirm.js';
import type { Terminal } from './terminal.js';

/** `user delete`: asks only once it is known whom. */
export function addUserDelete(user: Command, terminal: Terminal): void {
  user
    .command('delete')
    .description('remove an account for good, with everything in it')
    .argument('<username>')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user delete bob --yes')
    .action(async (name: string, { yes = false }: { yes?: boolean }) => {
      requireSomebody(yes, terminal);
      const { username } = await administerUser(name, async (administration, account) => {
        await confirm(`Delete ${account.username}, with everything in it?`, yes, terminal);
        await administration.delete(account.id, OPERATING);
      });
      terminal.stdout.write(`${username} is gone, with everything in the account\n`);
    });
}
