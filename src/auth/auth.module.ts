import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { ClientsModule } from '../clients/clients.module.js';
import { LimitsModule } from '../platform/limits/limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { BearerGuard } from './bearer.guard.js';
import { ClientAuthentication } from './client-authentication.js';
import { ClientAuthGuard } from './client-auth.guard.js';
import { ConfidentialClientGuard } from './confidential-client.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LocalStrategy } from './local.strategy.js';
import { PasswordAuthentication } from './password-authentication.js';
import { PasswordLog } from './password-log.js';
import { PasswordGuard } from './password.guard.js';
import { RefusedClients } from './refused-clients.js';
import { TokenFormGuard } from './token-form.guard.js';
import { TokenReferenceGuard } from './token-reference.guard.js';
import { UndeclaredRoutes } from './undeclared-routes.js';

/** Who is calling. Exports what the token endpoint's guards need, as a guard resolves where it is used. */
@Module({
  imports: [
    PassportModule,
    DiscoveryModule,
    LimitsModule,
    UsersModule,
    ClientsModule,
    SessionsModule,
    TokensModule,
  ],
  providers: [
    LocalStrategy,
    JwtStrategy,
    PasswordLog,
    PasswordAuthentication,
    RefusedClients,
    TokenFormGuard,
    ClientAuthentication,
    ClientAuthGuard,
    TokenReferenceGuard,
    ConfidentialClientGuard,
    PasswordGuard,
    UndeclaredRoutes,
    { provide: APP_GUARD, useClass: BearerGuard },
  ],
  exports: [
    PasswordLog,
    PasswordAuthentication,
    RefusedClients,
    ClientAuthentication,
    ClientsModule,
    TokensModule,
    SessionsModule,
    UsersModule,
  ],
})
export class AuthModule {}
