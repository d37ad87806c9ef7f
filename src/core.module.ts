import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { createDataSource } from './data-source.js';
import { AuditModule } from './platform/audit/audit.module.js';
import { Background } from './platform/background.js';
import { openDatabase } from './platform/database/open-database.js';
import { MailModule } from './platform/mail/mail.module.js';
import type { MailTransport } from './platform/mail/transport.js';
import { PlatformModule } from './platform/platform.module.js';
import { Settings } from './platform/settings/settings.js';
import { SettingsModule } from './platform/settings/settings.module.js';

/** Settings, clock, mail and database: what the server and the command line share. */
@Module({})
export class CoreModule implements OnApplicationShutdown {
  constructor(private readonly background: Background) {}

  /** @param mail another way for mails than the settings name */
  static of(settings: Settings, mail?: MailTransport): DynamicModule {
    const url = settings.DATABASE_URL;
    return {
      module: CoreModule,
      imports: [
        SettingsModule.of(settings),
        PlatformModule,
        AuditModule,
        MailModule.of(mail),
        TypeOrmModule.forRootAsync({
          // A boot that fails says why at once; whoever supervises the process starts it again.
          useFactory: () => ({ retryAttempts: 0, toRetry: () => false }),
          dataSourceFactory: () => openDatabase(createDataSource(url), url),
        }),
      ],
    };
  }

  /** The database and the mail server are there until this is done: global modules stop last. */
  async onApplicationShutdown(): Promise<void> {
    await this.background.end();
  }
}
