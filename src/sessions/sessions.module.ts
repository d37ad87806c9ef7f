import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { Principals } from './principals.js';
import { Session } from './session.entity.js';
import { Sessions } from './sessions.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session]), UsersModule, ClientsModule],
  providers: [Sessions, Principals],
  exports: [Sessions, Principals],
})
export class SessionsModule {}
