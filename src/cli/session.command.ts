import type { Command } from 'commander';
import { addSessionEnd } from './session-end.command.js';
import { addSessionList } from './session-list.command.js';
import type { Terminal } from './terminal.js';

/** `session`: who is signed in. */
export function addSession(program: Command, terminal: Terminal): void {
  const session = program
    .command('session')
    .description('list and end sessions, which are sign-ins')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- session list');
  addSessionList(session, terminal);
  addSessionEnd(session, terminal);
}
