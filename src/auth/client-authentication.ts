import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Client } from '../clients/client.entity.js';
import { isClientSecret } from '../clients/client-secret.js';
import { BUILT_IN_CLIENT_ID, Clients } from '../clients/clients.js';
import {
  type BodyCredentials,
  type PresentedClient,
  presentedClient,
} from '../protocol/client-credentials.js';
import { authorizationHeaders } from './authorization-header.js';
import { type ClientRefusal, RefusedClients } from './refused-clients.js';

/** Tells which application sent an OAuth form. RFC 6749 §2.3. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly clients: Clients,
    private readonly refused: RefusedClients,
  ) {}

  /**
   * @returns null when the form names no client
   * @throws {InvalidRequest} on two ways of authentication at once
   * @throws {InvalidClient} in the same words for every cause
   */
  async authenticate(request: FastifyRequest, form: BodyCredentials): Promise<Client | null> {
    const presented = presentedClient(authorizationHeaders(request.raw), form);
    return presented ? this.check(presented, request) : null;
  }

  /**
   * The client that acts where the form names none.
   *
   * @throws {InvalidClient} when it is disabled
   */
  builtIn(request: FastifyRequest): Promise<Client> {
    return this.check({ id: BUILT_IN_CLIENT_ID, secret: undefined }, request);
  }

  private async check(presented: PresentedClient, request: FastifyRequest): Promise<Client> {
    const client = await this.clients.find(presented.id);
    const reason = refusalOf(client, presented);
    if (client && !reason) return client;
    throw await this.refused.refuse(reason ?? 'unknown_client', client, request);
  }
}

/** The secret is compared in any case, so that time tells no unknown client from a known one. */
function refusalOf(client: Client | null, { secret }: PresentedClient): ClientRefusal | undefined {
  const proven = isClientSecret(secret ?? '', client?.secretHashes ?? []);
  if (!client) return 'unknown_client';
  if (client.disabled) return 'disabled';
  if (client.confidential) return proven ? undefined : 'wrong_secret';
  return secret === undefined ? undefined : 'secret_of_public_client';
}
