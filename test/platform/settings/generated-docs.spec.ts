import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { configurationPage, envExample } from '../../../src/platform/settings/generated-docs.js';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { declarations } from '../../../src/platform/settings/setting.decorator.js';
import { faultsOf } from './faults.js';

const file = (path: string) => new URL(`../../../${path}`, import.meta.url);
const uncommented = (text: string) => parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ''));

describe('.env.example', () => {
  it('is what the settings say now (else: npm run generate)', () => {
    expect(readFileSync(file('.env.example'), 'utf8')).toBe(envExample());
  });

  it('sets nothing as it stands', () => {
    expect(parseEnv(envExample())).toEqual({});
  });

  it('names every setting, and every line boots when its # is taken away', () => {
    const env = uncommented(envExample());
    expect(Object.keys(env).toSorted()).toEqual(
      declarations()
        .map(({ name }) => name)
        .toSorted(),
    );
    for (const [name, value] of Object.entries(env))
      expect(faultsOf({ [name]: value })).toEqual([]);
  });

  it('sets a colour, whose # begins no comment', () => {
    expect(uncommented(envExample())['BRAND_COLOR']).toBe('#0f766e');
  });

  it('has no value that would do as a secret', () => {
    const settings = loadSettings(uncommented(envExample()));
    expect(settings).toMatchObject({ AUTH_SECRET: undefined, JWT_SECRET: undefined });
    expect(settings.ADMIN_PASSWORD).toBeUndefined();
  });
});

describe('docs/configuration.md', () => {
  it('is what the settings say now (else: npm run generate)', () => {
    expect(readFileSync(file('docs/configuration.md'), 'utf8')).toBe(configurationPage());
  });

  it('is laid out as prettier would', async () => {
    const config = await resolveConfig(file('docs/configuration.md'));
    const page = configurationPage();
    expect(await format(page, { ...config, parser: 'markdown' })).toBe(page);
  });

  it('shows examples that are good values', () => {
    for (const { name, example } of declarations()) {
      const faults = faultsOf({ [name]: example });
      expect(faults.filter((fault) => fault.startsWith(`${name} `))).toEqual([]);
    }
  });
});
