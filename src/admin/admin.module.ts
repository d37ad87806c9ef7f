import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuditController } from './audit.controller.js';
import { ClientAdministration } from './client-administration.js';
import { ClientsController } from './clients.controller.js';
import { NotedRefusals } from './noted-refusals.js';
import { UserAdministration } from './user-administration.js';
import { UsersController } from './users.controller.js';

/** What administrators do, and machines that they have registered for it. */
@Module({
  imports: [ClientsModule, UsersModule, SessionsModule],
  controllers: [UsersController, ClientsController, AuditController],
  providers: [UserAdministration, ClientAdministration, NotedRefusals],
})
export class AdminModule {}
