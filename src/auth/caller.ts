import type { FastifyRequest } from 'fastify';
import type { UserPrincipal } from '../sessions/principals.js';
import type { MachinePrincipal } from '../tokens/machines.js';

/** Who is behind a token: a user through a client, or a client by itself. */
export type Principal = UserPrincipal | MachinePrincipal;

/** Who calls a guarded route, and with what token. */
export interface Caller {
  readonly principal: Principal;
  /** of the token, which may be less than the session's */
  readonly scope: string;
}

/** A request that has passed the BearerGuard; without a caller only where a token is optional. */
export interface GuardedRequest extends FastifyRequest {
  user?: Caller;
}
