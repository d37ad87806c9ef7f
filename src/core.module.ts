import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { createDataSource } from './data-source.js';
import { openDatabase } from './platform/database/open-database.js';
import { PlatformModule } from './platform/platform.module.js';
import { Settings } from './platform/settings/settings.js';
import { SettingsModule } from './platform/settings/settings.module.js';

/** Settings, clock and database: what the server and the command line share. */
@Module({})
export class CoreModule {
  static of(settings: Settings): DynamicModule {
    const url = settings.DATABASE_URL;
    return {
      module: CoreModule,
      imports: [
        SettingsModule.of(settings),
        PlatformModule,
        TypeOrmModule.forRootAsync({
          // A boot that fails says why at once; whoever supervises the process starts it again.
          useFactory: () => ({ retryAttempts: 0, toRetry: () => false }),
          dataSourceFactory: () => openDatabase(createDataSource(url), url),
        }),
      ],
    };
  }
}
