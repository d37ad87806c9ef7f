import { declareAccess } from './access.js';
import type { Scope } from './scopes.js';

/**
 * Guards a handler, or all of a controller, and documents it: the lock, the scopes, the 401 and the
 * 403 in the OpenAPI document all come from this line.
 *
 * @param scopes all of them are needed; none means any good token
 */
export function Authorize(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return declareAccess({ kind: 'bearer', scopes, optional: false });
}

/**
 * Lets callers without a token in, for whom `@CurrentUser()` is null. A bad token is still refused,
 * and one that is sent needs the scopes.
 */
export function AuthorizeOptionally(...scopes: Scope[]): ClassDecorator & MethodDecorator {
  return declareAccess({ kind: 'bearer', scopes, optional: true });
}
