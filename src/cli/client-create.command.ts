import type { Command } from 'commander';
import { RegisteredClientDto } from '../admin/client-secret.dto.js';
import { OPERATING } from '../auth/client-manager.js';
import type { ClientWithSecret } from '../clients/client-registry.js';
import type { AsymmetricAlgorithm } from '../keys/key-pair.js';
import { administerClients } from './administer-clients.js';
import { addListOptions, idTokenAlgorithm, type ListOptions, listsOf } from './client-options.js';
import { printable, table, toJson } from './output.js';
import type { Terminal } from './terminal.js';

interface CreateOptions extends ListOptions {
  readonly confidential?: true;
  readonly firstParty?: true;
  readonly idTokenAlg: AsymmetricAlgorithm;
  readonly json?: true;
}

/** `client create`: the one time that the secret is shown. */
export function addClientCreate(client: Command, { stdout }: Terminal): void {
  const create = client
    .command('create')
    .description('register a client, and print its id and its secret')
    .argument('<name>', 'what people see of it')
    .option('--confidential', 'it can keep a secret, as it runs on a server')
    .option('--first-party', 'it is ours, and may have the grant password');
  addListOptions(create)
    .addOption(idTokenAlgorithm().default('RS256'))
    .option('--json', 'as JSON, what POST /clients answers')
    .addHelpText(
      'after',
      '\nExamples:' +
        '\n  $ npm run hallpass -- client create "Report builder" --confidential ' +
        '--grant client_credentials --scope users:read' +
        '\n  $ npm run hallpass -- client create "Our app" --first-party ' +
        '--grant password --grant refresh_token --scope tasks:read --scope tasks:write',
    )
    .action(async (name: string, options: CreateOptions) => {
      const registered = await administerClients((administration) =>
        administration.register(registrationOf(name, options), OPERATING),
      );
      stdout.write(
        `${options.json ? toJson(RegisteredClientDto.of(registered)) : describe(registered)}\n`,
      );
    });
}

function registrationOf(name: string, options: CreateOptions) {
  return {
    name,
    confidential: options.confidential ?? false,
    firstParty: options.firstParty ?? false,
    grants: [],
    scopes: [],
    redirectUris: [],
    postLogoutRedirectUris: [],
    idTokenSignedResponseAlg: options.idTokenAlg,
    ...listsOf(options),
  };
}

function describe({ client, secret }: ClientWithSecret): string {
  const created = `Created ${printable(client.name)}`;
  if (secret === null) return `${created}\n${table([['client_id', client.id]])}`;
  const shown = table([
    ['client_id', client.id],
    ['client_secret', secret],
  ]);
  return `${created}\n${shown}\nKeep the secret: it is not shown again`;
}
