import type { FastifyRequest } from 'fastify';
import type { Client } from '../clients/client.entity.js';
import type { TokenReference } from '../protocol/token-reference.js';

/** A request at /revoke or /introspect, after its guard. */
export interface TokenReferenceRequest extends FastifyRequest {
  /** which token */
  body: TokenReference;
  /** who asks */
  client: Client;
}
