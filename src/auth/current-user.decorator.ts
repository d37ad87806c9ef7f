import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { bearerToken } from '../protocol/bearer.js';
import type { User } from '../users/user.entity.js';
import { authorizationHeaders } from './authorization-header.js';
import type { GuardedRequest } from './caller.js';

/** The user who calls; null only where `@AuthorizeOptionally()` let somebody in without a token. */
export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext): User | null =>
    requestOf(context).user?.principal.user ?? null,
);

/** The bearer token of the call, as sent. */
export const BearerToken = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | null =>
    bearerToken(authorizationHeaders(requestOf(context).raw)),
);

function requestOf(context: ExecutionContext): GuardedRequest {
  return context.switchToHttp().getRequest<GuardedRequest>();
}
