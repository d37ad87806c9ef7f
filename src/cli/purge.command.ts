import type { Command } from 'commander';
import { Purge, type Purged } from '../tokens/purge.js';
import { withContext } from './context.js';
import { toJson } from './output.js';
import type { Terminal } from './terminal.js';

/** `purge`: for a daily job. A server may run meanwhile. */
export function addPurge(program: Command, { stdout }: Terminal): void {
  program
    .command('purge')
    .description(
      'delete what has expired: sessions, also those of browsers, authorization codes, revoked tokens, known devices, mailed links, old audit entries',
    )
    .addHelpText(
      'after',
      '\nA session that was ended goes when it would have expired, an entry of the audit log after' +
        '\nAUDIT_RETENTION_DAYS.' +
        '\n\nExample:\n  $ npm run hallpass -- purge',
    )
    .option('--json', 'as JSON: how many rows of each were deleted')
    .action(async ({ json }: { json?: true }) => {
      const purged = await withContext((context) => context.get(Purge).run());
      if (json) {
        stdout.write(`${toJson(inSnakeCase(purged))}\n`);
        return;
      }
      const {
        sessions,
        authorizationCodes,
        browserSessions,
        revokedTokens,
        knownDevices,
        accountLinks,
        auditEntries,
      } = purged;
      stdout.write(
        `Deleted what has expired: ${sessions} sessions, ${authorizationCodes} authorization codes, ${browserSessions} browser sessions, ${revokedTokens} revoked tokens, ${knownDevices} known devices, ${accountLinks} links, ${auditEntries} audit entries\n`,
      );
    });
}

function inSnakeCase(purged: Purged): Record<string, number> {
  const names = Object.entries(purged) as [string, number][];
  return Object.fromEntries(
    names.map(([name, count]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      count,
    ]),
  );
}
