import { Global, Module } from '@nestjs/common';
import { Changes } from './changes.js';
import { Clock } from './clock.js';

/** What everything stands on. */
@Global()
@Module({ providers: [Clock, Changes], exports: [Clock, Changes] })
export class PlatformModule {}
