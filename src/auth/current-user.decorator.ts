import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Doer } from '../platform/audit/audit.js';
import { originOf } from '../platform/http/origin.js';
import { bearerToken } from '../protocol/bearer.js';
import type { UserPrincipal } from '../sessions/principals.js';
import type { Session } from '../sessions/session.entity.js';
import type { User } from '../users/user.entity.js';
import { authorizationHeaders } from './authorization-header.js';
import type { GuardedRequest } from './caller.js';

/** The user who calls; null for a machine, and for whom `@AuthorizeOptionally()` let in without a token. */
export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext): User | null =>
    userPrincipalOf(context)?.user ?? null,
);

/** The session of the user who calls; null where `@CurrentUser()` is. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Session | null =>
    userPrincipalOf(context)?.session ?? null,
);

/** Who calls, and from where, for what is written down about it. */
export const CurrentDoer = createParamDecorator((_data: unknown, context: ExecutionContext): Doer =>
  doerOf(requestOf(context)),
);

/** The bearer token of the call, as sent. */
export const BearerToken = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | null =>
    bearerToken(authorizationHeaders(requestOf(context).raw)),
);

export function doerOf(request: GuardedRequest): Doer {
  const origin = originOf(request);
  const principal = request.user?.principal;
  if (!principal) return { actor: 'system', origin };
  return principal.kind === 'user'
    ? { actor: `user:${principal.user.id}`, origin }
    : { actor: `client:${principal.client.id}`, origin };
}

function userPrincipalOf(context: ExecutionContext): UserPrincipal | null {
  const principal = requestOf(context).user?.principal;
  return principal?.kind === 'user' ? principal : null;
}

function requestOf(context: ExecutionContext): GuardedRequest {
  return context.switchToHttp().getRequest<GuardedRequest>();
}
