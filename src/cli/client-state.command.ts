import type { Command } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import type { ClientChanges } from '../clients/client-registry.js';
import { administerClients } from './administer-clients.js';
import { printable } from './output.js';
import type { Terminal } from './terminal.js';

/** `client disable`: a running server hears of it within a second. */
export function addClientDisable(client: Command, { stdout }: Terminal): void {
  client
    .command('disable')
    .description('refuse a client everywhere, and end its sessions and tokens')
    .argument('<id>', 'its client_id')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- client disable hallpass')
    .action(async (id: string) => {
      const { name } = await change(id, { disabled: true });
      stdout.write(`${printable(name)} is disabled, and every session and token of it has ended\n`);
    });
}

/** `client enable`: what the disabling ended stays ended. */
export function addClientEnable(client: Command, { stdout }: Terminal): void {
  client
    .command('enable')
    .description('let a disabled client ask for tokens again')
    .argument('<id>', 'its client_id')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- client enable hallpass')
    .action(async (id: string) => {
      const { name } = await change(id, { disabled: false });
      stdout.write(`${printable(name)} may ask for tokens\n`);
    });
}

/** `client delete` */
export function addClientDelete(client: Command, { stdout }: Terminal): void {
  client
    .command('delete')
    .description('remove a client for good, and end its sessions and tokens')
    .argument('<id>', 'its client_id')
    .addHelpText(
      'after',
      '\nExample:\n  $ npm run hallpass -- client delete 019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14',
    )
    .action(async (id: string) => {
      await administerClients((administration) => administration.delete(id, OPERATING));
      stdout.write('The client is gone, and every session and token of it has ended\n');
    });
}

function change(id: string, changes: ClientChanges) {
  return administerClients((administration) => administration.change(id, changes, OPERATING));
}
