import { Global, Module } from '@nestjs/common';
import { Background } from './background.js';
import { Changes } from './changes.js';
import { Clock } from './clock.js';
import { FormTokens } from './http/form-token.js';
import { Occurrences } from './occurrences.js';
import { Pages } from './pages/pages.js';

/** What everything stands on. */
@Global()
@Module({
  providers: [Clock, Changes, Background, Occurrences, Pages, FormTokens],
  exports: [Clock, Changes, Background, Occurrences, Pages, FormTokens],
})
export class PlatformModule {}
