import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { KeysModule } from '../keys/keys.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccessTokens } from './access-tokens.js';
import { TokenIssuer } from './token-issuer.js';

@Module({
  // No secret here: each call names its key, so that none can be verified with another's.
  imports: [JwtModule.register({}), KeysModule, SessionsModule],
  providers: [AccessTokens, TokenIssuer],
  exports: [AccessTokens, TokenIssuer],
})
export class TokensModule {}
