import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { BrowserSession } from './browser-session.entity.js';
import { BrowserSessions } from './browser-sessions.js';
import { KnownDevice } from './known-device.entity.js';
import { KnownDevices } from './known-devices.js';
import { LiveSessions } from './live-sessions.js';
import { MassEnd } from './mass-end.js';
import { Principals } from './principals.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Session } from './session.entity.js';
import { Sessions } from './sessions.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Session, BrowserSession, KnownDevice]),
    UsersModule,
    ClientsModule,
  ],
  providers: [
    Sessions,
    BrowserSessions,
    LiveSessions,
    MassEnd,
    RefreshTokens,
    Principals,
    KnownDevices,
  ],
  exports: [
    Sessions,
    BrowserSessions,
    LiveSessions,
    MassEnd,
    RefreshTokens,
    Principals,
    KnownDevices,
  ],
})
export class SessionsModule {}
