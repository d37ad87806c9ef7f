import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DerivedKeys } from './derived-keys.js';
import { Settings } from './settings.js';

/** Gives every module the settings that the entry point has loaded, and the keys that they stand for. */
@Module({})
export class SettingsModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: Settings, useValue: settings }, DerivedKeys],
      exports: [Settings, DerivedKeys],
    };
  }
}
