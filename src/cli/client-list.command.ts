import type { Command } from 'commander';
import { ClientDto } from '../admin/client.dto.js';
import type { Client } from '../clients/client.entity.js';
import { ClientRegistry } from '../clients/client-registry.js';
import { isoTime } from '../platform/clock.js';
import { withContext } from './context.js';
import { table, toJson } from './output.js';
import type { Terminal } from './terminal.js';

/** `client list`: in the order in which they were registered; the built-in ones are always there. */
export function addClientList(client: Command, { stdout }: Terminal): void {
  client
    .command('list')
    .description('list every client')
    .option('--json', 'as a JSON array of what GET /clients shows of a client')
    .addHelpText('after', '\nExample:\n  $ npm run --silent hallpass -- client list --json')
    .action(async ({ json }: { json?: true }) => {
      const clients = await withContext((context) => context.get(ClientRegistry).list());
      stdout.write(`${json ? toJson(clients.map(ClientDto.from)) : describe(clients)}\n`);
    });
}

function describe(clients: readonly Client[]): string {
  const rows = clients.map(({ id, name, confidential, grants, disabled, createdAt }) => [
    id,
    name,
    confidential ? 'confidential' : 'public',
    grants.join(' ') || '-',
    disabled ? 'yes' : 'no',
    isoTime(createdAt).replace('.000Z', 'Z'), // clients keep whole seconds
  ]);
  return table([['ID', 'NAME', 'TYPE', 'GRANTS', 'DISABLED', 'CREATED'], ...rows]);
}
