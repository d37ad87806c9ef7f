import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { UnauthorizedClient } from '../protocol/errors.js';
import type { GrantType } from '../protocol/token-request.js';
import { ClientAuthentication } from './client-authentication.js';
import { RefusedClients } from './refused-clients.js';
import { refuseBeyondClient } from './scopes.js';
import type { TokenEndpointRequest } from './token-endpoint-request.js';

/** Of these the built-in client is none: a machine is one of its own, and a code was issued to one that is named. */
const OF_NAMED_CLIENTS: ReadonlySet<GrantType> = new Set([
  'client_credentials',
  'authorization_code',
]);

/** Tells which application asks for a token, and refuses what it may not ask for. RFC 6749 §2.3, §5.2. */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly refused: RefusedClients,
  ) {}

  /** @throws {OAuthError} invalid_client, unauthorized_client or invalid_scope */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<TokenEndpointRequest>();
    const { body: form } = request;
    const named = await this.clients.authenticate(request, form);
    if (!named && OF_NAMED_CLIENTS.has(form.grant_type)) {
      throw await this.refused.refuse('no_client', null, request);
    }
    const client = named ?? (await this.clients.builtIn(request));
    if (!client.grants.includes(form.grant_type)) {
      throw new UnauthorizedClient('This client may not use this grant');
    }
    refuseBeyondClient(form.scope, client);
    request.client = client;
    return true;
  }
}
