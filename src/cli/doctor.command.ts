import type { Command } from 'commander';
import { Clock } from '../platform/clock.js';
import { examine } from './doctor/examine.js';
import { worst } from './doctor/finding.js';
import { reportAsJson, reportAsText } from './doctor/report.js';
import { Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

/** `doctor`: what a server would stumble over, before it does. */
export function addDoctor(program: Command, { stdout }: Terminal): void {
  program
    .command('doctor')
    .description('look at Node, settings, database, keys, clock and mail, and say how to mend them')
    .option('--json', 'as JSON: a status, and the checks')
    .addHelpText(
      'after',
      '\nNothing is made, migrated, written or sent. Exit code 1 when there is a fault.' +
        '\n\nExample:\n  $ npm run hallpass -- doctor',
    )
    .action(async ({ json }: { json?: true }) => {
      const found = await examine(new Clock());
      stdout.write(`${json ? reportAsJson(found) : reportAsText(found, stdout)}\n`);
      if (worst(found) === 'fault') throw new Refused(); // whose reasons have been said
    });
}
