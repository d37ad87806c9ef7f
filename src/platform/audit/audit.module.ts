import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Audit } from './audit.js';
import { AuditLog } from './audit-log.js';
import { AuditEntry } from './audit-entry.entity.js';

/** For every module: whatever changes a user, a session, a client or a key writes it down. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEntry])],
  providers: [Audit, AuditLog],
  exports: [Audit, AuditLog],
})
export class AuditModule {}
