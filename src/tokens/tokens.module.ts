import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Client } from '../clients/client.entity.js';
import { KeysModule } from '../keys/keys.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { IdTokens } from './id-tokens.js';
import { Machines } from './machines.js';
import { RevokedToken } from './revoked-token.entity.js';
import { TokenIssuer } from './token-issuer.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([AuthorizationCode, RevokedToken, Client]),
    // No secret here: each call names its key, so that none can be verified with another's.
    JwtModule.register({}),
    KeysModule,
    SessionsModule,
  ],
  providers: [AccessTokens, AuthorizationCodes, IdTokens, Machines, TokenIssuer],
  exports: [AccessTokens, AuthorizationCodes, IdTokens, Machines, TokenIssuer],
})
export class TokensModule {}
