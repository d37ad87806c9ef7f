import { type Command, InvalidArgumentError, Option } from 'commander';
import { ALL_SCOPES } from '../auth/scopes.js';
import type { ClientChanges } from '../clients/client-registry.js';
import type { Registration } from '../clients/registration.js';
import { ASYMMETRIC_ALGORITHMS } from '../keys/key-pair.js';
import { REGISTRABLE_GRANTS, type RegistrableGrant } from '../protocol/grant-types.js';

/** Lists are named once for each item; false where `--no-…` takes all of them away. */
export interface ListOptions {
  readonly grant?: readonly RegistrableGrant[] | false;
  readonly scope?: readonly string[] | false;
  readonly redirectUri?: readonly string[] | false;
  readonly postLogoutRedirectUri?: readonly string[] | false;
}

export function addListOptions(command: Command): Command {
  return command
    .addOption(repeatable('--grant <grant>', 'how it gets tokens', REGISTRABLE_GRANTS))
    .addOption(repeatable('--scope <scope>', 'what it may have', ALL_SCOPES))
    .addOption(repeatable('--redirect-uri <uri>', 'where a browser is sent with a code'))
    .addOption(
      repeatable('--post-logout-redirect-uri <uri>', 'where one is sent after signing out'),
    );
}

/** Only the lists that were named. */
export function listsOf(
  options: ListOptions,
): Pick<ClientChanges, 'grants' | 'scopes' | 'redirectUris' | 'postLogoutRedirectUris'> {
  const { grant, scope, redirectUri, postLogoutRedirectUri } = options;
  return {
    ...(grant === undefined ? {} : { grants: grant || [] }),
    ...(scope === undefined ? {} : { scopes: scope || [] }),
    ...(redirectUri === undefined ? {} : { redirectUris: redirectUri || [] }),
    ...(postLogoutRedirectUri === undefined
      ? {}
      : { postLogoutRedirectUris: postLogoutRedirectUri || [] }),
  };
}

/** What its id_tokens are signed with. */
export function idTokenAlgorithm(): Option {
  return new Option('--id-token-alg <algorithm>', 'what its id_tokens are signed with').choices(
    ASYMMETRIC_ALGORITHMS,
  );
}

/** What the rules call a field, as the command line does. */
export const FIELD_NAMES: Readonly<Record<keyof Registration, string>> = {
  name: 'The name',
  confidential: '--confidential',
  firstParty: '--first-party',
  grants: '--grant',
  scopes: '--scope',
  redirectUris: '--redirect-uri',
  postLogoutRedirectUris: '--post-logout-redirect-uri',
  idTokenSignedResponseAlg: '--id-token-alg',
};

function repeatable(flags: string, description: string, choices?: readonly string[]): Option {
  const among = choices ? `${description}: ${choices.join(', ')}` : description;
  return new Option(flags, `${among}; may be repeated`).argParser(
    (value: string, before: readonly string[] | undefined) => {
      if (choices?.includes(value) === false) {
        throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
      }
      return [...(before ?? []), value];
    },
  );
}
