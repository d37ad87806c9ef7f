import type { Command } from 'commander';
import { generateSecret } from '../platform/settings/auth-secret.js';
import type { Terminal } from './terminal.js';

/** `secret`: needs no settings, for it is what makes the first of them. */
export function addSecret(program: Command, { stdout }: Terminal): void {
  program
    .command('secret')
    .description('make a new AUTH_SECRET and print it')
    .addHelpText(
      'after',
      '\nExample:\n  $ echo "AUTH_SECRET=$(npm run --silent hallpass -- secret)" >> .env',
    )
    .action(() => {
      stdout.write(`${generateSecret()}\n`);
    });
}
