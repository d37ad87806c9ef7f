import { Injectable } from '@nestjs/common';
import { grantScope } from '../../auth/scopes.js';
import { IncorrectPassword } from '../../protocol/errors.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import { Sessions } from '../../sessions/sessions.js';
import { TokenIssuer } from '../../tokens/token-issuer.js';
import type { Grant, GrantRequest } from './grant.js';

/** Trades a username and a password for a token. RFC 6749 §4.3; for first-party clients alone (RFC 9700 §2.4). */
@Injectable()
export class PasswordGrant implements Grant<'password'> {
  readonly type = 'password';

  constructor(
    private readonly sessions: Sessions,
    private readonly issuer: TokenIssuer,
  ) {}

  async exchange(request: GrantRequest<'password'>): Promise<TokenResponse> {
    const { client, form, origin, user } = request;
    if (!user) throw new IncorrectPassword('no guard has looked at the password');
    const scope = grantScope(form.scope, client, user.role); // refuse before anything is written
    const session = await this.sessions.open({
      userId: user.id,
      authEpoch: user.authEpoch,
      clientId: client.id,
      scope,
      origin,
    });
    return this.issuer.issue(session, scope);
  }
}
