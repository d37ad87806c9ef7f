import { Injectable } from '@nestjs/common';
import type { GrantType } from '../../protocol/token-request.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import type { Grant, GrantRequest } from './grant.js';
import { PasswordGrant } from './password.js';

/** Finds the grant that a token request names. */
@Injectable()
export class Grants {
  private readonly byType: { readonly [G in GrantType]: Grant<G> };

  constructor(password: PasswordGrant) {
    this.byType = { password };
  }

  exchange<G extends GrantType>(request: GrantRequest<G>): Promise<TokenResponse> {
    return this.byType[request.form.grant_type].exchange(request);
  }
}
