import { type Command, Option } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import { administerClients } from './administer-clients.js';
import { toJson } from './output.js';
import type { Terminal } from './terminal.js';

interface SecretOptions {
  readonly withdrawOlder?: true;
  readonly withdrawAll?: true;
  readonly json?: true;
}

/** `client secret`: one more, or fewer; a running server hears of it within a second. */
export function addClientSecret(client: Command, { stdout }: Terminal): void {
  client
    .command('secret')
    .description('make one more secret of a client and print it; the two newest are valid')
    .argument('<id>', 'its client_id')
    .addOption(
      new Option(
        '--withdraw-older',
        'make none: keep only the newest, and end every session and token of the client',
      ).conflicts('withdrawAll'),
    )
    .option('--withdraw-all', 'make none: keep none, and end every session and token of the client')
    .option('--json', 'as JSON: the id, and the new secret if one was made')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm run --silent hallpass -- client secret 019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14' +
        '\n  $ npm run hallpass -- client secret 019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14 --withdraw-older',
    )
    .action(async (id: string, options: SecretOptions) => {
      const secret = await carryOut(id, options);
      const said = options.json ? toJson({ id, secret }) : (secret ?? whatIsLeft(options));
      stdout.write(`${said}\n`);
    });
}

/** @returns null where none was made */
function carryOut(
  id: string,
  { withdrawOlder, withdrawAll }: SecretOptions,
): Promise<string | null> {
  return administerClients(async (administration) => {
    if (!withdrawOlder && !withdrawAll) return administration.makeSecret(id, OPERATING);
    await administration.withdrawSecrets(id, withdrawOlder ? 'newest' : 'none', OPERATING);
    return null;
  });
}

function whatIsLeft({ withdrawOlder }: SecretOptions): string {
  const left = withdrawOlder ? 'Only the newest secret is left' : 'No secret is left';
  return `${left}, and every session and token of this client has ended`;
}
