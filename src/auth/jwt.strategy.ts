import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import type { AccessTokenClaims } from '../protocol/access-token.js';
import { bearerToken } from '../protocol/bearer.js';
import { Principals } from '../sessions/principals.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { Machines } from '../tokens/machines.js';
import { authorizationHeaders } from './authorization-header.js';
import type { Caller } from './caller.js';

/**
 * passport-jwt would have jsonwebtoken verify each request anew, and without the checks that
 * jsonwebtoken does not make. Its verifier is one for the whole process, so this one holds nothing:
 * the strategy's "key" is the AccessTokens to ask. A strategy with a key of another kind keeps the
 * verifier that passport-jwt came with.
 */
const passportJwt = Strategy as unknown as {
  JwtVerifier: (
    token: string,
    key: unknown,
    options: unknown,
    done: (error: unknown, claims?: AccessTokenClaims) => void,
  ) => void;
};
const original = passportJwt.JwtVerifier;
passportJwt.JwtVerifier = (token, key, options, done) => {
  if (!(key instanceof AccessTokens)) return original(token, key, options, done);
  let claims: AccessTokenClaims;
  try {
    claims = key.verify(token);
  } catch (error) {
    return done(error);
  }
  return done(null, claims);
};

/** From a Bearer token to the live session and user behind it. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    accessTokens: AccessTokens,
    private readonly principals: Principals,
    private readonly machines: Machines,
  ) {
    super({
      jwtFromRequest: (request) =>
        bearerToken(authorizationHeaders((request as unknown as FastifyRequest).raw)),
      secretOrKeyProvider: (_request, _token, done) => done(null, accessTokens as never),
    });
  }

  /** @throws {InvalidToken} when who is behind a good token is no more */
  async validate(claims: AccessTokenClaims): Promise<Caller> {
    const { sid, sub, scope = '' } = claims;
    const principal =
      sid === undefined ? await this.machines.find(claims) : await this.principals.find(sid, sub);
    return { principal, scope };
  }
}
