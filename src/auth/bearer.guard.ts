import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import {
  BearerError,
  bearerToken,
  InsufficientScope,
  NotAuthenticated,
  WrongKindOfToken,
} from '../protocol/bearer.js';
import { accessOf, type Callers } from './access.js';
import { authorizationHeaders } from './authorization-header.js';
import type { Caller } from './caller.js';
import { principalMayUse, type Scope } from './scopes.js';

/** Stands before every handler: closed unless the handler's declaration opens it. */
@Injectable()
export class BearerGuard extends AuthGuard('jwt') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context.getClass(), context.getHandler());
    if (access?.kind === 'public') return true;
    if (access?.optional && !hasToken(context)) return true;
    await super.canActivate(context);
    return true;
  }

  /**
   * passport's outcome: an error, a caller, or the reason why there is none.
   *
   * @throws {BearerError} for the last, and for a caller whose token does not reach far enough
   */
  override handleRequest<T>(
    error: unknown,
    caller: T | false,
    reason: unknown,
    context: ExecutionContext,
  ): T {
    if (error) throw error;
    if (reason instanceof BearerError) throw reason;
    const { scopes, callers } = bearerAccess(context);
    if (!caller) throw new NotAuthenticated(scopes);
    refuseKind(caller as unknown as Caller, callers);
    if (!reaches(caller as unknown as Caller, scopes)) throw new InsufficientScope(scopes);
    return caller;
  }
}

function hasToken(context: ExecutionContext): boolean {
  const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
  return bearerToken(authorizationHeaders(raw)) !== null;
}

/** A handler that declares nothing cannot be reached, as it stops the boot; if it were, a user's token would be asked for. */
function bearerAccess(context: ExecutionContext) {
  const access = accessOf(context.getClass(), context.getHandler());
  return access?.kind === 'bearer' ? access : UNDECLARED;
}

const UNDECLARED = { scopes: [] as readonly Scope[], callers: 'users' as Callers };

/** @throws {WrongKindOfToken} */
function refuseKind({ principal }: Caller, callers: Callers): void {
  if (callers === 'anyone') return;
  if (principal.kind === 'machine') throw new WrongKindOfToken("a user's token");
  if (callers === 'first-party' && !principal.client.firstParty) {
    throw new WrongKindOfToken('a first-party token');
  }
}

/** The token's scope, and of that only what the user's role and the client may have now. */
function reaches({ principal, scope }: Caller, needed: readonly Scope[]): boolean {
  if (needed.length === 0) return true;
  const granted = scope.split(' ');
  return needed.every((one) => granted.includes(one) && principalMayUse(one, principal));
}
