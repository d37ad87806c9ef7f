import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { BUILT_IN_CLIENT, type Client, Clients } from '../clients/clients.js';
import { type PresentedClient, presentedClient } from '../protocol/client-credentials.js';
import { InvalidClient, UnauthorizedClient } from '../protocol/errors.js';
import { authorizationHeaders } from './authorization-header.js';
import { refuseBeyondClient } from './scopes.js';
import type { TokenEndpointRequest } from './token-endpoint-request.js';

/** Tells which application asks for a token, and refuses what it may not ask for. RFC 6749 §2.3, §5.2. */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(private readonly clients: Clients) {}

  /** @throws {OAuthError} invalid_client, unauthorized_client or invalid_scope */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<TokenEndpointRequest>();
    const { body: form } = request;
    const presented = presentedClient(authorizationHeaders(request.raw), form);
    const client = presented ? this.authenticate(presented) : BUILT_IN_CLIENT;
    if (!client.grants.includes(form.grant_type)) {
      throw new UnauthorizedClient('This client may not use this grant');
    }
    refuseBeyondClient(form.scope, client);
    request.client = client;
    return true;
  }

  /** Every client is public as yet, so a secret is one too many. */
  private authenticate({ id, secret }: PresentedClient): Client {
    const client = this.clients.find(id);
    if (!client) throw new InvalidClient('no such client');
    if (secret !== undefined) throw new InvalidClient('a secret for a public client');
    return client;
  }
}
