import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { originOf } from '../platform/http/origin.js';
import type { User } from '../users/user.entity.js';
import { PasswordAuthentication } from './password-authentication.js';
import { signInBy } from './password-log.js';
import type { TokenEndpointRequest } from './token-endpoint-request.js';

/** Signs a user in with the username and password of the token form. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly passwords: PasswordAuthentication) {
    super({ passReqToCallback: true });
  }

  /** @throws {OAuthError} what PasswordAuthentication throws */
  validate(request: TokenEndpointRequest, username: string, password: string): Promise<User> {
    const purpose = signInBy(request.client, originOf(request));
    return this.passwords.authenticate({ username, password, address: request.address, purpose });
  }
}
