import { Injectable } from '@nestjs/common';
import { PasswordLog, signInBy } from '../../auth/password-log.js';
import { grantScope } from '../../auth/scopes.js';
import { IncorrectPassword, InvalidScope } from '../../protocol/errors.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import type { Session } from '../../sessions/session.entity.js';
import { Sessions } from '../../sessions/sessions.js';
import { TokenIssuer } from '../../tokens/token-issuer.js';
import type { User } from '../../users/user.entity.js';
import type { Grant, GrantRequest } from './grant.js';

/** Trades a username and a password for a token. RFC 6749 §4.3; for first-party clients alone (RFC 9700 §2.4). */
@Injectable()
export class PasswordGrant implements Grant<'password'> {
  readonly type = 'password';

  constructor(
    private readonly sessions: Sessions,
    private readonly issuer: TokenIssuer,
    private readonly log: PasswordLog,
  ) {}

  async exchange(request: GrantRequest<'password'>): Promise<TokenResponse> {
    const { client, origin, user } = request;
    if (!user) throw new IncorrectPassword('no guard has looked at the password');
    const signIn = signInBy(client, origin);
    try {
      const { session, scope } = await this.open(request, user);
      await this.log.accepted(signIn, user);
      return await this.issuer.issue(session, client, scope);
    } catch (error) {
      // The password was right, which is what somebody who tries passwords wants to know.
      if (error instanceof InvalidScope) await this.log.refused(signIn, 'invalid_scope', user);
      if (error instanceof IncorrectPassword) await this.log.refused(signIn, 'user_left', user);
      throw error;
    }
  }

  private async open(
    { client, form, origin }: GrantRequest<'password'>,
    user: User,
  ): Promise<{ session: Session; scope: readonly string[] }> {
    const scope = grantScope(form.scope, client, user.role); // refuse before anything is written
    return { scope, session: await this.sessions.open({ user, client, scope, origin }) };
  }
}
