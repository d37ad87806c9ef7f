import type { Command } from 'commander';
import type { Terminal } from './terminal.js';
import { addUserCreate } from './user-create.command.js';
import { addUserDelete } from './user-delete.command.js';
import { addUserExport } from './user-export.command.js';
import { addUserImport } from './user-import.command.js';
import { addUserList } from './user-list.command.js';
import { addUserPassword } from './user-password.command.js';
import { addUserDisable, addUserEnable, addUserRole } from './user-state.command.js';

/** `user`: the accounts. */
export function addUser(program: Command, terminal: Terminal): void {
  const user = program
    .command('user')
    .description('create, list and change accounts')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- user list');
  addUserCreate(user, terminal);
  addUserList(user, terminal);
  addUserDisable(user, terminal);
  addUserEnable(user, terminal);
  addUserRole(user, terminal);
  addUserPassword(user, terminal);
  addUserImport(user, terminal);
  addUserExport(user, terminal);
  addUserDelete(user, terminal);
}
