import { ClientAdministration } from '../admin/client-administration.js';
import { UnfitClient } from '../admin/client-refusals.js';
import { BuiltInClientStays, NoSuchClient, PublicClientHasNoSecret } from '../clients/refusals.js';
import { FIELD_NAMES } from './client-options.js';
import { withContext } from './context.js';
import { Refused } from './refusal.js';

/**
 * Does something with clients, and refuses in the words of the command line.
 *
 * @throws {Refused}
 */
export function administerClients<T>(
  work: (administration: ClientAdministration) => Promise<T>,
): Promise<T> {
  return withContext(async (context) => {
    try {
      return await work(context.get(ClientAdministration));
    } catch (error) {
      throw refusalOf(error);
    }
  });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof UnfitClient) {
    return new Refused(
      error.faults.map(([field, fault]) => `${FIELD_NAMES[field]} ${fault}`).join('\n'),
    );
  }
  if (error instanceof NoSuchClient) {
    return new Refused('There is no client with this id; `client list` shows them');
  }
  return error instanceof BuiltInClientStays || error instanceof PublicClientHasNoSecret
    ? new Refused(error.message)
    : error;
}
