import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSecret, resolveAuthSecrets } from '../../../src/platform/settings/auth-secret.js';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { weakSecret } from '../../../src/platform/settings/secret-strength.js';
import { SettingsError } from '../../../src/platform/settings/settings-error.js';

const development = loadSettings({});
let root: string;
let folder: string;
let file: string;

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'hallpass-secret-'));
  folder = join(root, 'data');
  file = join(folder, 'auth-secret');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

describe('generateSecret', () => {
  it('makes 32 random bytes in base64url that are never weak', () => {
    const secrets = Array.from({ length: 1000 }, generateSecret);
    expect(new Set(secrets).size).toBe(1000);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(weakSecret(secret)).toBeUndefined();
    }
  });
});

describe('resolveAuthSecrets', () => {
  it('takes what is given, the first to sign, and writes nothing', () => {
    const given = [generateSecret(), generateSecret()];
    const settings = loadSettings({ AUTH_SECRET: given.join(',') });
    expect(resolveAuthSecrets(settings, folder)).toEqual(given);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('makes one in development, for its owner only, and finds it again', () => {
    const secrets = resolveAuthSecrets(development, folder);
    expect(secrets).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(file, 'utf8')).toBe(`${secrets.join()}\n`);
    expect(fs.readdirSync(folder)).toEqual(['auth-secret']);
    expect(resolveAuthSecrets(development, folder)).toEqual(secrets);
  });

  it('writes nothing beside an in-memory database', () => {
    const settings = loadSettings({ DATABASE_URL: 'sqlite::memory:' });
    const first = resolveAuthSecrets(settings, folder);
    expect(resolveAuthSecrets(settings, folder)).not.toEqual(first);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('makes none in production', () => {
    const settings = { ...development, NODE_ENV: 'production' } as const;
    expect(() => resolveAuthSecrets(settings, folder)).toThrow('npm run hallpass -- secret');
    expect(fs.existsSync(folder)).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['empty', '\n'],
    ['shorter than 32 bytes', 'tooShort!Q1\n'],
    ['fewer than 16 different characters', 'ab'.repeat(40)],
  ])('stops on a file that is %s, and leaves it as it is', (reason, text) => {
    fs.mkdirSync(folder);
    fs.writeFileSync(file, text);
    const resolve = () => resolveAuthSecrets(development, folder);
    expect(resolve).toThrow(SettingsError);
    expect(resolve).toThrow(reason);
    expect(resolve).not.toThrow('tooShort!Q1');
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  it('stops on a file that cannot be read', () => {
    fs.mkdirSync(file, { recursive: true });
    expect(() => resolveAuthSecrets(development, folder)).toThrow('cannot be read (EISDIR)');
  });

  it('stops on a link that leads nowhere', () => {
    fs.mkdirSync(folder);
    fs.symlinkSync(join(root, 'nowhere'), file);
    expect(() => resolveAuthSecrets(development, folder)).toThrow('cannot be read (ENOENT)');
    expect(fs.readdirSync(folder)).toEqual(['auth-secret']);
  });

  it('stops where it cannot write', () => {
    fs.writeFileSync(folder, 'a file, not a folder');
    const resolve = () => resolveAuthSecrets(development, folder);
    expect(resolve).toThrow(SettingsError);
    expect(resolve).toThrow(/cannot be made \(E[A-Z]+\)/);
  });

  it('gives five processes that start together the same one', async () => {
    const module = new URL('../../../dist/src/platform/settings/auth-secret.js', import.meta.url);
    const rounds = 40;
    const script = `
      const [root, start] = process.argv.slice(1);
      const { resolveAuthSecrets } = await import(${JSON.stringify(fileURLToPath(module))});
      const settings = { NODE_ENV: 'development', DATABASE_URL: 'sqlite:x' };
      const found = [];
      for (let round = 0; round < ${rounds}; round++) {
        while (Date.now() < Number(start) + round * 25);
        found.push(...resolveAuthSecrets(settings, root + '/' + round));
      }
      console.log(JSON.stringify(found));`;
    const start = String(Date.now() + 1500);
    const args = ['--input-type=module', '--eval', script, root, start];
    const run = async () => (await promisify(execFile)(process.execPath, args)).stdout;
    const [first = '', ...others] = await Promise.all([run(), run(), run(), run(), run()]);
    expect(new Set(JSON.parse(first)).size).toBe(rounds);
    for (const other of others) expect(other).toBe(first);
    expect(fs.readdirSync(join(root, '0'))).toEqual(['auth-secret']);
  });
});
