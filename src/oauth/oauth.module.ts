import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { Grants } from './grants/grants.js';
import { PasswordGrant } from './grants/password.js';
import { JwksController } from './jwks.controller.js';
import { TokenController } from './token.controller.js';

@Module({
  imports: [AuthModule, KeysModule],
  controllers: [TokenController, JwksController],
  providers: [Grants, PasswordGrant],
})
export class OAuthModule {}
