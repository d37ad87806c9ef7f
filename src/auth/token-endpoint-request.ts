import type { FastifyRequest } from 'fastify';
import type { Client } from '../clients/client.entity.js';
import type { TokenRequest } from '../protocol/token-request.js';
import type { User } from '../users/user.entity.js';

/** A request at the token endpoint; each guard fills in its part, in this order. */
export interface TokenEndpointRequest extends FastifyRequest {
  /** TokenFormGuard: what is asked */
  body: TokenRequest;
  /** ClientAuthGuard: by which client */
  client: Client;
  /** PasswordGuard: for whom, with the password grant */
  user?: User;
}
