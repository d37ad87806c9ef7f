import { Injectable } from '@nestjs/common';
import type { GrantType } from '../../protocol/token-request.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import { AuthorizationCodeGrant } from './authorization-code.js';
import { ClientCredentialsGrant } from './client-credentials.js';
import type { Grant, GrantRequest } from './grant.js';
import { PasswordGrant } from './password.js';
import { RefreshTokenGrant } from './refresh-token.js';

/** Finds the grant that a token request names. */
@Injectable()
export class Grants {
  private readonly byType: { readonly [G in GrantType]: Grant<G> };

  constructor(
    password: PasswordGrant,
    refreshToken: RefreshTokenGrant,
    clientCredentials: ClientCredentialsGrant,
    authorizationCode: AuthorizationCodeGrant,
  ) {
    this.byType = {
      password,
      refresh_token: refreshToken,
      client_credentials: clientCredentials,
      authorization_code: authorizationCode,
    };
  }

  exchange<G extends GrantType>(request: GrantRequest<G>): Promise<TokenResponse> {
    return this.byType[request.form.grant_type].exchange(request);
  }
}
