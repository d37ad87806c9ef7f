import type { Command } from 'commander';
import { ClientDto } from '../admin/client.dto.js';
import { OPERATING } from '../auth/client-manager.js';
import type { ClientChanges } from '../clients/client-registry.js';
import type { AsymmetricAlgorithm } from '../keys/key-pair.js';
import { administerClients } from './administer-clients.js';
import { addListOptions, idTokenAlgorithm, type ListOptions, listsOf } from './client-options.js';
import { printable, toJson } from './output.js';
import { Misused } from './refusal.js';
import type { Terminal } from './terminal.js';

interface UpdateOptions extends ListOptions {
  readonly name?: string;
  readonly firstParty?: boolean;
  readonly idTokenAlg?: AsymmetricAlgorithm;
  readonly json?: true;
}

/** `client update`: a list that is named replaces the one that is there. */
export function addClientUpdate(client: Command, { stdout }: Terminal): void {
  const update = client
    .command('update')
    .description('change a client; what is not named stays, and a list that is named is replaced')
    .argument('<id>', 'its client_id')
    .option('--name <name>', 'what people see of it')
    .option('--first-party', 'it is ours')
    .option('--no-first-party', 'it is not ours');
  addListOptions(update)
    .addOption(idTokenAlgorithm())
    .option('--no-grant', 'take every grant away')
    .option('--no-scope', 'take every scope away')
    .option('--no-redirect-uri', 'take every redirect URI away')
    .option('--no-post-logout-redirect-uri', 'take every one of these away')
    .option('--json', 'as JSON, what PATCH /clients/:id answers')
    .addHelpText(
      'after',
      '\nExample:\n  $ npm run hallpass -- client update hallpass --grant refresh_token',
    )
    .action(async (id: string, options: UpdateOptions) => {
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0) throw new Misused('Nothing is named to be changed');
      const changed = await administerClients((administration) =>
        administration.change(id, changes, OPERATING),
      );
      stdout.write(
        `${options.json ? toJson(ClientDto.from(changed)) : `${printable(changed.name)} is changed`}\n`,
      );
    });
}

function changesOf({ name, firstParty, idTokenAlg, ...lists }: UpdateOptions): ClientChanges {
  return {
    ...(name === undefined ? {} : { name }),
    ...(firstParty === undefined ? {} : { firstParty }),
    ...(idTokenAlg === undefined ? {} : { idTokenSignedResponseAlg: idTokenAlg }),
    ...listsOf(lists),
  };
}
