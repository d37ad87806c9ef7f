import { type Callers, declareAccess } from './access.js';
import type { Scope } from './scopes.js';

/**
 * Guards a handler, or all of a controller, and documents it: the lock, the scopes, the 401 and the
 * 403 in the OpenAPI document all come from this line. A machine's token is refused.
 *
 * @param scopes all of them are needed; none means any good token of a user
 */
export function Authorize(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return guard('users', scopes);
}

/** As `@Authorize()`, for what a person does with their account: only through a client of our own. */
export function AuthorizeFirstParty(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return guard('first-party', scopes);
}

/** As `@Authorize()`, and machines may call too; `@CurrentUser()` is null for them. */
export function AuthorizeAnyone(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return guard('anyone', scopes);
}

/**
 * Lets callers without a token in, for whom `@CurrentUser()` is null. A bad token is still refused,
 * and one that is sent needs the scopes.
 */
export function AuthorizeOptionally(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return declareAccess({ kind: 'bearer', scopes, optional: true, callers: 'users' });
}

function guard(callers: Callers, scopes: readonly Scope[]): ClassDecorator & MethodDecorator {
  return declareAccess({ kind: 'bearer', scopes, optional: false, callers });
}
