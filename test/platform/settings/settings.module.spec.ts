import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { SettingsModule } from '../../../src/platform/settings/settings.module.js';
import { Settings } from '../../../src/platform/settings/settings.js';

@Injectable()
class Reader {
  constructor(readonly settings: Settings) {}
}

@Module({ providers: [Reader], exports: [Reader] })
class ReaderModule {}

it('injects the loaded settings by their class into modules that import nothing', async () => {
  const settings = loadSettings({ NODE_ENV: 'test' });
  const app = await Test.createTestingModule({
    imports: [SettingsModule.of(settings), ReaderModule],
  }).compile();
  expect(app.get(Reader).settings).toBe(settings);
  await app.close();
});
