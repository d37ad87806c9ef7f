import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { ClientsModule } from '../clients/clients.module.js';
import { Attempts } from '../platform/limits/attempts.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { BearerGuard } from './bearer.guard.js';
import { ClientAuthGuard } from './client-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LocalStrategy } from './local.strategy.js';
import { PasswordAuthentication } from './password-authentication.js';
import { PasswordGuard } from './password.guard.js';
import { TokenFormGuard } from './token-form.guard.js';
import { UndeclaredRoutes } from './undeclared-routes.js';

/** Who is calling. Exports what the token endpoint's guards need, as a guard resolves where it is used. */
@Module({
  imports: [
    PassportModule,
    DiscoveryModule,
    UsersModule,
    ClientsModule,
    SessionsModule,
    TokensModule,
  ],
  providers: [
    LocalStrategy,
    JwtStrategy,
    PasswordAuthentication,
    Attempts,
    TokenFormGuard,
    ClientAuthGuard,
    PasswordGuard,
    UndeclaredRoutes,
    { provide: APP_GUARD, useClass: BearerGuard },
  ],
  exports: [PasswordAuthentication, ClientsModule, TokensModule, SessionsModule, UsersModule],
})
export class AuthModule {}
