import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSecret } from '../../../src/platform/settings/auth-secret.js';
import { loadSettings, readEnvironment } from '../../../src/platform/settings/load-settings.js';
import { declarations } from '../../../src/platform/settings/setting.decorator.js';
import { SettingsError } from '../../../src/platform/settings/settings-error.js';
import { faultsOf } from './faults.js';

const SECRET = generateSecret();
const OTHER_SECRET = generateSecret();
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://id.example.com',
  AUTH_SECRET: SECRET,
};

describe('loadSettings', () => {
  it('needs nothing in development', () => {
    expect({ ...loadSettings({}) }).toEqual({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      PUBLIC_URL: 'http://localhost:3000',
      TRUST_PROXY: undefined,
      CORS_ORIGINS: [],
      RATE_LIMIT_PER_MINUTE: 6000,
      LOG_LEVEL: 'info',
      EXAMPLES: true,
      DOCS: true,
      DATABASE_URL: 'sqlite:data/hallpass.sqlite',
      AUTH_SECRET: undefined,
      TOKEN_ALGORITHM: 'ES256',
      JWT_SECRET: undefined,
      KEY_PUBLISH_SECONDS: 300,
      KEY_MAX_AGE_DAYS: 0,
      REFRESH_GRACE_SECONDS: 10,
      ACCESS_TOKEN_TTL_SECONDS: 900,
      REFRESH_TOKEN_TTL_SECONDS: 1_209_600,
      SESSION_MAX_AGE_SECONDS: 7_776_000,
      BROWSER_SESSION_TTL_SECONDS: 86_400,
      BROWSER_SESSION_MAX_AGE_SECONDS: 2_592_000,
      PASSWORD_COST: 12,
      PASSWORD_MIN_LENGTH: 8,
      REGISTRATION: 'closed',
      AUDIT_RETENTION_DAYS: 365,
      METRICS: false,
      METRICS_TOKEN: undefined,
      SMTP_URL: undefined,
      MAIL_FROM: undefined,
      BRAND_NAME: 'Hallpass',
      BRAND_LOGO: undefined,
      BRAND_COLOR: undefined,
      ADMIN_USERNAME: 'admin',
      ADMIN_PASSWORD: undefined,
    });
  });

  it('takes an empty value for one that is not set', () => {
    const empty = Object.fromEntries(declarations().map(({ name }) => [name, '']));
    expect(loadSettings(empty)).toEqual(loadSettings({}));
  });

  it('ignores what is no setting of ours', () => {
    expect(loadSettings({ HOME: '/root', port: '1' })).toEqual(loadSettings({}));
  });

  it('cannot be changed afterwards', () => {
    const settings = loadSettings({ CORS_ORIGINS: 'https://a.example' });
    expect(() => Object.assign(settings, { PORT: 1 })).toThrow(TypeError);
    expect(() => Object.assign(settings.CORS_ORIGINS, { 0: 'https://b.example' })).toThrow(
      TypeError,
    );
  });

  it('puts PORT into the default of PUBLIC_URL', () => {
    expect(loadSettings({ PORT: '8080' }).PUBLIC_URL).toBe('http://localhost:8080');
  });

  it('lists all faults at once, a line each, in the order of the documentation', () => {
    const env = {
      NODE_ENV: 'prod',
      PORT: '12abc',
      DATABASE_URL: 'mysql://localhost/x',
      AUTH_SECRET: 'short',
      TOKEN_ALGORITHM: 'none',
      ACCESS_TOKEN_TTL_SECONDS: '5',
      SESSION_MAX_AGE_SECONDS: '60',
    };
    expect(faultsOf(env)).toEqual([
      expect.stringMatching(
        /^NODE_ENV is none of .*; it takes one of development, production, test$/,
      ),
      'PORT is not a whole number in plain digits; it takes a whole number, 1 to 65535 (from 0 if NODE_ENV=test)',
      expect.stringMatching(/^DATABASE_URL names a database .*; it takes sqlite: and a path/),
      expect.stringMatching(
        /^AUTH_SECRET .* shorter than 32 bytes; it takes .*npm run hallpass -- secret/,
      ),
      expect.stringMatching(/^TOKEN_ALGORITHM .*; it takes one of ES256, RS256, HS256$/),
      'ACCESS_TOKEN_TTL_SECONDS is below 60; it takes a whole number of seconds, 60 to 3600',
      expect.stringMatching(/^SESSION_MAX_AGE_SECONDS is below REFRESH_TOKEN_TTL_SECONDS; /),
    ]);
    expect(() => loadSettings(env)).toThrow(SettingsError);
    expect(() => loadSettings(env)).toThrow(faultsOf(env).join('\n- '));
  });

  it('says what is wrong with every rule a value breaks', () => {
    expect(faultsOf({ JWT_SECRET: 'short' })).toEqual([
      expect.stringContaining('JWT_SECRET has a secret (number 1 of its list) that is shorter'),
      expect.stringContaining('JWT_SECRET is set, but only TOKEN_ALGORITHM=HS256 uses it'),
    ]);
  });

  it('blames no other setting for a faulty one', () => {
    expect(faultsOf({ PORT: '65536' })).toHaveLength(1); // not the PUBLIC_URL made from it
    expect(faultsOf({ ACCESS_TOKEN_TTL_SECONDS: '9999999' })).toHaveLength(1);
    expect(faultsOf({ NODE_ENV: 'prod' })).toHaveLength(1);
  });

  it('never shows a value, whichever setting it was put into', () => {
    const names = declarations().map(({ name }) => name);
    const value = fc.stringMatching(/^[a-zA-Z0-9_-]{12,40}$/).map((text) => `${text}!Q`); // no fault of ours has that in it
    const put = [
      (text: string) => text,
      (text: string) => `postgres://user:${text}@host:port/db`,
      (text: string) => `postgres://user:${text}%zz@host/db`,
      (text: string) => `mysql://user:${text}@host/db`,
      (text: string) => `https://user:${text}@host/`,
      (text: string) => `,${text}`,
    ];
    const env = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...put));
    fc.assert(
      fc.property(value, env, (text, shapes) => {
        const values = Object.entries(shapes).map(([name, shape]) => [name, shape(text)]);
        expect(faultsOf(Object.fromEntries(values)).join('\n')).not.toContain(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('loadSettings in production', () => {
  it('needs AUTH_SECRET and an https PUBLIC_URL, and says how to make the secret', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(
        /^PUBLIC_URL is http \(as is its default\), and production needs https; /,
      ),
      expect.stringMatching(/^AUTH_SECRET is not set, .*npm run hallpass -- secret/),
    ]);
    expect(faultsOf(production)).toEqual([]);
  });

  it('does not say that a secret is missing when it is there but faulty', () => {
    expect(faultsOf({ ...production, AUTH_SECRET: `${SECRET},,` })).toEqual([
      expect.stringContaining('AUTH_SECRET has a list of which entry 2 is empty'),
    ]);
  });

  it('turns EXAMPLES and DOCS off unless told otherwise', () => {
    expect(loadSettings(production)).toMatchObject({ EXAMPLES: false, DOCS: false });
    expect(loadSettings({ ...production, DOCS: 'on' })).toMatchObject({
      EXAMPLES: false,
      DOCS: true,
    });
  });

  it.each([
    ['a cheap hash', { PASSWORD_COST: '4' }],
    ['any free port', { PORT: '0' }],
    ['a weak secret among the older ones', { AUTH_SECRET: `${SECRET},old` }],
  ])('refuses %s', (_what, env) => {
    expect(faultsOf({ ...production, ...env })).toHaveLength(1);
  });
});

describe('loadSettings with HS256', () => {
  it('needs JWT_SECRET', () => {
    expect(faultsOf({ TOKEN_ALGORITHM: 'HS256' })).toEqual([
      expect.stringContaining('JWT_SECRET is not set, and TOKEN_ALGORITHM=HS256 needs it'),
    ]);
  });

  it('takes several, the newest first', () => {
    const env = { TOKEN_ALGORITHM: 'HS256', JWT_SECRET: `${SECRET}, ${OTHER_SECRET}` };
    expect(loadSettings(env).JWT_SECRET).toEqual([SECRET, OTHER_SECRET]);
  });

  it('refuses a listed secret under 32 bytes', () => {
    const env = { TOKEN_ALGORITHM: 'HS256', JWT_SECRET: `${SECRET},${'x'.repeat(31)}` };
    expect(faultsOf(env)).toEqual([expect.stringContaining('number 2 of its list')]);
  });
});

describe('readEnvironment', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hallpass-env-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    delete process.env['HALLPASS_TEST_FILE'];
    delete process.env['HALLPASS_TEST_BOTH'];
  });

  it('reads .env, and the environment wins', () => {
    const file = join(folder, '.env');
    writeFileSync(file, 'HALLPASS_TEST_FILE=file\nHALLPASS_TEST_BOTH=file\n');
    process.env['HALLPASS_TEST_BOTH'] = 'environment';
    expect(readEnvironment(file)).toMatchObject({
      HALLPASS_TEST_FILE: 'file',
      HALLPASS_TEST_BOTH: 'environment',
    });
  });

  it('does without a file', () => {
    expect(readEnvironment(join(folder, 'none'))).toBe(process.env);
  });

  it('stops on a file that cannot be read', () => {
    expect(() => readEnvironment(folder)).toThrow(SettingsError);
  });
});
