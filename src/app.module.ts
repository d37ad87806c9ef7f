import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CoreModule } from './core.module.js';
import { ExamplesModule } from './examples/examples.module.js';
import { HealthModule } from './health/health.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import type { Settings } from './platform/settings/settings.js';

@Module({})
export class AppModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.of(settings),
        AuthModule,
        OAuthModule,
        AccountsModule,
        HealthModule,
        ...(settings.EXAMPLES ? [ExamplesModule] : []),
      ],
    };
  }
}
