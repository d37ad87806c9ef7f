import type { Command } from 'commander';
import { addAuditList } from './audit-list.command.js';
import type { Terminal } from './terminal.js';

/** `audit`: what was done. */
export function addAudit(program: Command, terminal: Terminal): void {
  const audit = program
    .command('audit')
    .description('read the audit log')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- audit list --user alice');
  addAuditList(audit, terminal);
}
