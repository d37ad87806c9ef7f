import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Client } from '../clients/client.entity.js';
import { isBuiltIn } from '../clients/clients.js';
import { type Doer, OPERATOR } from '../platform/audit/audit.js';
import { missingScopes, parseScope } from '../protocol/scope.js';
import type { Caller, GuardedRequest } from './caller.js';
import { doerOf } from './current-user.decorator.js';
import { effectiveScope, scopesOf } from './scopes.js';

/** Who manages clients, and which ones. */
export interface ClientManager {
  readonly by: Doer;
  /** 'all', or those alone that have no scope beyond these */
  readonly reach: 'all' | readonly string[];
}

/** The command line. */
export const OPERATING = { by: OPERATOR, reach: 'all' } as const satisfies ClientManager;

/** An administrator reaches every client. A machine that did could give itself every scope there is. */
export function reachOf({ principal, scope }: Caller): ClientManager['reach'] {
  return principal.kind === 'user' ? 'all' : effectiveScope(parseScope(scope), principal);
}

/** Who calls, on a route that `@AuthorizeAnyone()` guards. */
export const CurrentClientManager = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ClientManager => {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    return { by: doerOf(request), reach: request.user ? reachOf(request.user) : [] };
  },
);

/**
 * Why a client, as it is or as it would be, is not this manager's to make or to change.
 *
 * @param client without an id while it is not made
 * @returns undefined when it is
 */
export function beyondReach(
  client: Pick<Client, 'firstParty' | 'scopes'> & { readonly id?: string },
  { reach }: Pick<ClientManager, 'reach'>,
): string | undefined {
  if (reach === 'all') return undefined;
  if (isBuiltIn(client.id)) return 'A machine may not manage a built-in client';
  if (client.firstParty) return 'A machine may not manage a first-party client';
  const [beyond] = missingScopes(scopesOf(client), reach);
  return (
    beyond && `A machine may manage only clients whose scopes it has itself; ${beyond} is beyond`
  );
}
