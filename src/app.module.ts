import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CoreModule } from './core.module.js';
import { ExamplesModule } from './examples/examples.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './health/metrics/metrics.module.js';
import { KeyWatch } from './keys/key-watch.js';
import { KeysModule } from './keys/keys.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import type { MailTransport } from './platform/mail/transport.js';
import type { Settings } from './platform/settings/settings.js';

@Module({})
export class AppModule {
  /** @param mail another way for mails than the settings name */
  static of(settings: Settings, mail?: MailTransport): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.of(settings, mail),
        KeysModule,
        AuthModule,
        OAuthModule,
        AccountsModule,
        AdminModule,
        HealthModule,
        ...(settings.METRICS ? [MetricsModule] : []),
        ...(settings.EXAMPLES ? [ExamplesModule] : []),
      ],
      providers: [KeyWatch], // the server's alone: no command rotates by age
    };
  }
}
