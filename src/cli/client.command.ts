import type { Command } from 'commander';
import { addClientCreate } from './client-create.command.js';
import { addClientList } from './client-list.command.js';
import { addClientSecret } from './client-secret.command.js';
import { addClientDelete, addClientDisable, addClientEnable } from './client-state.command.js';
import { addClientUpdate } from './client-update.command.js';
import type { Terminal } from './terminal.js';

/** `client`: the applications that may ask for tokens. */
export function addClient(program: Command, terminal: Terminal): void {
  const client = program
    .command('client')
    .description('register, list and change clients')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- client list');
  addClientCreate(client, terminal);
  addClientList(client, terminal);
  addClientUpdate(client, terminal);
  addClientSecret(client, terminal);
  addClientDisable(client, terminal);
  addClientEnable(client, terminal);
  addClientDelete(client, terminal);
}
