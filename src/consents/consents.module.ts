import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { Consent } from './consent.entity.js';
import { Consents } from './consents.js';

@Module({
  imports: [TypeOrmModule.forFeature([Consent]), SessionsModule, TokensModule],
  providers: [Consents],
  exports: [Consents],
})
export class ConsentsModule {}
