import { Injectable } from '@nestjs/common';
import { machineScope } from '../../auth/scopes.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import { TokenIssuer } from '../../tokens/token-issuer.js';
import type { Grant, GrantRequest } from './grant.js';

/** Gives a client a token of its own, with no user behind it. RFC 6749 §4.4. */
@Injectable()
export class ClientCredentialsGrant implements Grant<'client_credentials'> {
  readonly type = 'client_credentials';

  constructor(private readonly issuer: TokenIssuer) {}

  async exchange({ client, form }: GrantRequest<'client_credentials'>): Promise<TokenResponse> {
    return this.issuer.issueToMachine(client, machineScope(form.scope, client));
  }
}
