import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-local';
import type { User } from '../users/user.entity.js';
import { PasswordAuthentication } from './password-authentication.js';

/** Signs a user in with the username and password of the token form. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly passwords: PasswordAuthentication) {
    super({ passReqToCallback: true });
  }

  /** @throws {OAuthError} what PasswordAuthentication throws */
  validate(request: FastifyRequest, username: string, password: string): Promise<User> {
    return this.passwords.authenticate({ username, password, address: request.ip });
  }
}
