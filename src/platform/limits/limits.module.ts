import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Attempts } from './attempts.js';
import { Counters } from './counters.js';
import { LimitCounter } from './limit-counter.entity.js';
import { Quota } from './quota.js';

/** How often something may be tried: passwords, and what else anybody may ask for. */
@Module({
  imports: [TypeOrmModule.forFeature([LimitCounter])],
  providers: [Counters, Attempts, Quota],
  exports: [Attempts, Quota],
})
export class LimitsModule {}
