import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateSecret } from '../../../src/platform/settings/auth-secret.js';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { SAMPLE_SECRET } from '../../../src/platform/settings/secret-strength.js';
import { declarations } from '../../../src/platform/settings/setting.decorator.js';
import type { Settings } from '../../../src/platform/settings/settings.js';
import { faultsOf } from './faults.js';

const SECRET = generateSecret();
const OTHER = generateSecret();
const HS256 = { TOKEN_ALGORITHM: 'HS256', JWT_SECRET: SECRET };
const FASTAPI_SAMPLE = '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7';
const NEST_SAMPLE =
  'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.';

const NO_NUMBERS = [
  '12abc',
  '1e3',
  ' 5',
  '500 ',
  '+500',
  '-500',
  '0x1F4',
  '500.0',
  '0500',
  '５００',
];
const HUGE = ['9007199254740993', '9'.repeat(400)];

const SMTP = {
  host: 'smtp.example.com',
  port: 587,
  secure: false,
  requireTLS: true,
  rejectUnauthorized: true,
};
const svgUri = (path: string) =>
  `data:image/svg+xml;base64,${readFileSync(path).toString('base64')}`;
const LOCAL_SMTP = { ...SMTP, host: 'localhost', requireTLS: false, rejectUnauthorized: false };

/** Per setting: the texts it takes with what becomes of them, and the texts it refuses. */
type Table = {
  [name in keyof Settings]: {
    good: readonly (readonly [text: string, value: Settings[name]])[];
    bad: readonly string[];
    with?: NodeJS.ProcessEnv;
  };
};

const TABLE: Table = {
  NODE_ENV: {
    good: [
      ['development', 'development'],
      ['test', 'test'],
      ['production', 'production'],
    ],
    bad: ['prod', 'Production', 'production ', 'staging'],
    with: { PUBLIC_URL: 'https://id.example.com', AUTH_SECRET: SECRET },
  },
  HOST: {
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::', '::'],
      ['::1', '::1'],
      ['localhost', 'localhost'],
      ['my-host.internal', 'my-host.internal'],
    ],
    bad: [
      'http://localhost',
      'localhost:3000',
      '[::1]',
      '256.1.1.1',
      '1.2.3',
      'a b',
      '*',
      '/tmp/sock',
    ],
  },
  PORT: {
    good: [
      ['1', 1],
      ['3000', 3000],
      ['65535', 65535],
    ],
    bad: ['0', '65536', ...NO_NUMBERS, ...HUGE],
  },
  PUBLIC_URL: {
    good: [
      ['http://localhost:3000', 'http://localhost:3000'],
      ['https://id.example.com/', 'https://id.example.com'],
      ['https://id.example.com//', 'https://id.example.com'],
      ['https://ID.Example.com:443/Auth/v1/', 'https://id.example.com/Auth/v1'],
      ['http://[::1]:3000', 'http://[::1]:3000'],
      ['https://id.example.com/~a/b.c_d-e', 'https://id.example.com/~a/b.c_d-e'],
    ],
    bad: [
      'nope',
      'id.example.com',
      'localhost:3000',
      '//id.example.com',
      '/auth',
      'ftp://id.example.com',
      'http:id.example.com',
      'http:/id.example.com',
      'http:///id.example.com',
      'http://',
      'http://:3000',
      'https://id.example.com:99999',
      'https://user@id.example.com',
      'https://user:password@id.example.com',
      'https://@id.example.com',
      'https://id.example.com?',
      'https://id.example.com/?a=b',
      'https://id.example.com#',
      'https://id.example.com/#a',
      'https://id.example.com/a b',
      ' https://id.example.com',
      'https://id.example.com\n',
      'https:\\\\id.example.com',
      'https://id.example.com\\a',
      'https://id.example.com/a/../b',
      'https://id.example.com/.',
      'https://id.example.com/a//b',
      'https://id.example.com/:id',
      'https://id.example.com/*',
      'https://id.example.com/%2e%2e',
    ],
  },
  TRUST_PROXY: {
    good: [
      ['1', 1],
      ['12', 12],
      ['127.0.0.1', ['127.0.0.1']],
      ['10.0.0.0/8, ::1,fd00::/8', ['10.0.0.0/8', '::1', 'fd00::/8']],
    ],
    bad: [
      '0',
      '01',
      '-1',
      '100',
      '1.5',
      'true',
      'on',
      'loopback',
      'proxy.internal',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/08',
      '10.0.0.0/255.0.0.0',
      '10.0.0.0/8/8',
      '10.0.0/8',
      '::1/129',
      'fe80::1%eth0',
      '0.0.0.0/0',
      '::/0',
      '127.0.0.1,',
      '127.0.0.1,2',
      '*',
    ],
  },
  CORS_ORIGINS: {
    good: [
      ['https://app.example.com', ['https://app.example.com']],
      ['http://localhost:5173, https://a.b', ['http://localhost:5173', 'https://a.b']],
      ['http://[::1]:5173', ['http://[::1]:5173']],
      ['capacitor://localhost', ['capacitor://localhost']],
    ],
    bad: [
      '*',
      'null',
      'app.example.com',
      'localhost:5173',
      'https://*.example.com',
      'https://app.example.com/',
      'https://app.example.com/path',
      'https://app.example.com?a',
      'https://app.example.com#a',
      'https://App.example.com',
      'HTTPS://app.example.com',
      'https://app.example.com:443',
      'http://app.example.com:80',
      'https://user@app.example.com',
      'https://bücher.example',
      'https://a b',
      'https://',
      'https://a.b,',
      'https://a.b https://c.d',
    ],
  },
  RATE_LIMIT_PER_MINUTE: {
    good: [
      ['0', 0],
      ['1', 1],
      ['10000000', 10_000_000],
    ],
    bad: ['10000001', ...NO_NUMBERS, ...HUGE],
  },
  LOG_LEVEL: {
    good: (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map(
      (level) => [level, level] as const,
    ),
    bad: ['verbose', 'INFO', '30', 'log'],
  },
  EXAMPLES: {
    good: [
      ['on', true],
      ['off', false],
    ],
    bad: ['true', 'false', '1', '0', 'ON', 'yes', 'off '],
  },
  DOCS: {
    good: [
      ['on', true],
      ['off', false],
    ],
    bad: ['true', 'false', '1', '0', 'ON', 'yes', 'off '],
  },
  DATABASE_URL: {
    good: [
      'sqlite:data/a.sqlite',
      'sqlite:/var/lib/hallpass/a.sqlite',
      'sqlite:./a b.sqlite',
      'sqlite::memory:',
      'postgres://localhost/hallpass',
      'postgresql://u:p%40ss@db:5432/hallpass?sslmode=require',
      'postgres:///hallpass?host=/var/run/postgresql',
    ].map((url) => [url, url] as const),
    bad: [
      'sqlite',
      'sqlite:',
      'sqlite: ',
      'sqlite://data/a.sqlite',
      'sqlite:///data/a.sqlite',
      'sqlite::memory',
      'sqlite::memory:?cache=shared',
      'sqlite:a.sqlite?mode=ro',
      'data/a.sqlite',
      'mysql://localhost/a',
      'POSTGRES://localhost/a',
      'postgres:localhost',
      'postgres://u:p#ss@db/hallpass',
      'postgres://u:p/ss@db/hallpass',
      'postgres://u:p%ss@db/hallpass',
      'postgres://db:port/hallpass',
      'postgres://d b/hallpass',
    ],
  },
  AUTH_SECRET: {
    good: [
      [SECRET, [SECRET]],
      [`${SECRET},${OTHER}`, [SECRET, OTHER]],
      [`${SECRET}, ${OTHER} `, [SECRET, OTHER]],
      ['ÄÖÜäöüßéèêëáàâíì', ['ÄÖÜäöüßéèêëáàâíì']], // 16 characters, 32 bytes
    ],
    bad: [
      'secret',
      SECRET.slice(0, 31),
      'abcdefghijklmnopqrstuvwxyz01234', // 31 bytes
      'x'.repeat(64),
      'abcdefghijklmno'.repeat(4), // 15 different characters
      `${SECRET},secret`,
      `secret,${SECRET}`,
      `${SECRET},`,
      `,${SECRET}`,
      ',',
      ' ',
      SAMPLE_SECRET,
      FASTAPI_SAMPLE,
      NEST_SAMPLE,
      'a-string-secret-at-least-256-bits-long',
    ],
  },
  TOKEN_ALGORITHM: {
    good: [
      ['ES256', 'ES256'],
      ['RS256', 'RS256'],
    ],
    bad: ['none', 'es256', 'ES384', 'HS512', 'PS256'],
  },
  JWT_SECRET: {
    good: [
      [SECRET, [SECRET]],
      [`${SECRET},${OTHER}`, [SECRET, OTHER]],
      ['x'.repeat(32), ['x'.repeat(32)]],
    ],
    bad: ['x'.repeat(31), `${SECRET},`, `${SECRET},x`, FASTAPI_SAMPLE, SAMPLE_SECRET],
    with: HS256,
  },
  KEY_PUBLISH_SECONDS: {
    good: [
      ['0', 0],
      ['86400', 86400],
    ],
    bad: ['86401', ...NO_NUMBERS, ...HUGE],
  },
  KEY_MAX_AGE_DAYS: {
    good: [
      ['0', 0],
      ['3650', 3650],
    ],
    bad: ['3651', ...NO_NUMBERS, ...HUGE],
  },
  ACCESS_TOKEN_TTL_SECONDS: {
    good: [
      ['60', 60],
      ['3600', 3600],
    ],
    bad: ['0', '59', '3601', ...NO_NUMBERS, ...HUGE],
  },
  REFRESH_TOKEN_TTL_SECONDS: {
    good: [
      ['900', 900],
      ['7776000', 7776000],
    ],
    bad: ['0', '899', '7776001', ...NO_NUMBERS, ...HUGE],
  },
  SESSION_MAX_AGE_SECONDS: {
    good: [
      ['1209600', 1209600],
      ['315360000', 315360000],
    ],
    bad: ['0', '1209599', '315360001', ...NO_NUMBERS, ...HUGE],
  },
  BROWSER_SESSION_TTL_SECONDS: {
    good: [
      ['60', 60],
      ['2592000', 2592000],
    ],
    bad: ['0', '59', '315360001', ...NO_NUMBERS, ...HUGE],
  },
  BROWSER_SESSION_MAX_AGE_SECONDS: {
    good: [
      ['86400', 86400],
      ['315360000', 315360000],
    ],
    bad: ['0', '86399', '315360001', ...NO_NUMBERS, ...HUGE],
  },
  REFRESH_GRACE_SECONDS: {
    good: [
      ['0', 0],
      ['60', 60],
    ],
    bad: ['61', ...NO_NUMBERS, ...HUGE],
  },
  PASSWORD_COST: {
    good: [
      ['10', 10],
      ['15', 15],
    ],
    bad: ['4', '9', '16', ...NO_NUMBERS],
  },
  PASSWORD_MIN_LENGTH: {
    good: [
      ['8', 8],
      ['64', 64],
    ],
    bad: ['0', '7', '65', ...NO_NUMBERS],
  },
  REGISTRATION: {
    good: [
      ['open', 'open'],
      ['closed', 'closed'],
    ],
    bad: ['Open', 'on', 'true'],
  },
  AUDIT_RETENTION_DAYS: {
    good: [
      ['0', 0],
      ['3650', 3650],
    ],
    bad: ['3651', ...NO_NUMBERS, ...HUGE],
  },
  METRICS: {
    good: [
      ['on', true],
      ['off', false],
    ],
    bad: ['true', '1', 'On'],
  },
  METRICS_TOKEN: {
    good: [
      ['0123456789abcdef', '0123456789abcdef'],
      ['-._~+/Az019abcd==', '-._~+/Az019abcd=='],
    ],
    bad: ['0123456789abcde', '0123456789 abcdef', '0123456789abcde=f', '0123456789abcdeé'],
  },
  SMTP_URL: {
    good: [
      ['smtp://smtp.example.com', SMTP],
      ['smtp://smtp.example.com/', SMTP],
      ['smtp://smtp.example.com:25', { ...SMTP, port: 25 }],
      ['smtps://smtp.example.com', { ...SMTP, port: 465, secure: true }],
      ['smtps://10.0.0.1:4650', { ...SMTP, host: '10.0.0.1', port: 4650, secure: true }],
      ['smtp://[fd00::1]', { ...SMTP, host: 'fd00::1' }],
      [
        'smtp://u%40a:p%23%2F%3F@smtp.example.com',
        { ...SMTP, auth: { user: 'u@a', pass: 'p#/?' } },
      ],
      ['smtp://smtp.example.com?requireTLS=false', { ...SMTP, requireTLS: false }],
      [
        'smtp://smtp.example.com?tls.rejectUnauthorized=false',
        { ...SMTP, rejectUnauthorized: false },
      ],
      ['smtp://localhost:1025', { ...LOCAL_SMTP, port: 1025 }],
      ['smtp://127.0.0.2', { ...LOCAL_SMTP, host: '127.0.0.2' }],
      ['smtp://[::1]', { ...LOCAL_SMTP, host: '::1' }],
      ['smtp://localhost?requireTLS=true', { ...LOCAL_SMTP, requireTLS: true }],
      [
        'smtp://localhost?requireTLS=true&tls.rejectUnauthorized=true',
        { ...SMTP, host: 'localhost' },
      ],
    ],
    bad: [
      'smtp.example.com',
      'smtp.example.com:25',
      'SMTP://smtp.example.com',
      'http://smtp.example.com',
      'smtp:smtp.example.com',
      'smtp://',
      'smtp://:25',
      'smtp://user:password@',
      'smtp://smtp.example.com:0x19',
      'smtp://smtp.example.com:99999',
      'smtp://1.2.3',
      'smtp://smtp example.com',
      'smtp://smtp.example.com\n',
      'smtp://smtp.example.com\\a',
      'smtp://smtp.example.com/path',
      'smtp://bücher.example',
      'smtp://user@smtp.example.com',
      'smtp://:password@smtp.example.com',
      'smtp://user:p#ss@smtp.example.com',
      'smtp://user:p/ss@smtp.example.com',
      'smtp://user:p?ss@smtp.example.com',
      'smtp://user:p%ss@smtp.example.com',
      'smtp://smtp.example.com?requireTls=true',
      'smtp://smtp.example.com?requireTLS',
      'smtp://smtp.example.com?requireTLS=1',
      'smtp://smtp.example.com?requireTLS=true&requireTLS=false',
      'smtp://smtp.example.com?logger=true',
    ],
    with: { MAIL_FROM: 'no-reply@example.com' },
  },
  MAIL_FROM: {
    good: [
      ['no-reply@example.com', { name: '', address: 'no-reply@example.com' }],
      ['<no-reply@example.com>', { name: '', address: 'no-reply@example.com' }],
      ['hallpass@localhost', { name: '', address: 'hallpass@localhost' }],
      ['Häll, Inc. <a@b.example>', { name: 'Häll, Inc.', address: 'a@b.example' }],
      ['"Häll, Inc." <a@b.example>', { name: 'Häll, Inc.', address: 'a@b.example' }],
    ],
    bad: [
      'Hallpass',
      'no-reply',
      '@example.com',
      'a@b@c.example',
      'a b@example.com',
      'Hallpass a@b.example',
      'Hallpass <a@b.example',
      'Hallpass <a@b.example>, <c@d.example>',
      'a@b.example, c@d.example',
      'Hallpass <>',
      'Hallpass\r\nBcc: <a@b.example>',
      'a@b.example\n',
      '\u202eHallpass <a@b.example>',
    ],
  },
  BRAND_NAME: {
    good: [
      ['Acme', 'Acme'],
      [' Acme & Söhne ', 'Acme & Söhne'],
      ['<b>', '<b>'],
      ['👍'.repeat(40), '👍'.repeat(40)],
    ],
    bad: [' ', 'x'.repeat(41), 'Ac\nme', 'Ac\u0000me', '\u202eemcA', 'Ac\u2028me'],
  },
  // What becomes of each file: test/platform/settings/logo.spec.ts
  BRAND_LOGO: {
    good: [
      [
        'src/openapi/pages/logo.svg',
        { source: svgUri('src/openapi/pages/logo.svg'), isWide: false },
      ],
    ],
    bad: ['nowhere.svg', 'src', 'package.json', '/dev/zero', 'package.json\0.svg'],
  },
  BRAND_COLOR: {
    good: [
      ['#0f766e', '#0f766e'],
      ['#FFFFFF', '#ffffff'],
    ],
    bad: ['0f766e', '#fff', '#0f766e80', 'red', '#0f766g', ' #0f766e', '#0f766e;'],
  },
  ADMIN_USERNAME: {
    good: [
      ['root', 'root'],
      ['änne-marie.o’neil', 'änne-marie.o’neil'],
      ['x'.repeat(64), 'x'.repeat(64)],
    ],
    bad: [
      'x'.repeat(65),
      'a b',
      ' ',
      'a\tb',
      'a\u202eb',
      'a\u0000b',
      'admin@example.com',
      'a＠b',
      'ﷺ'.repeat(4),
    ],
  },
  ADMIN_PASSWORD: {
    good: [
      ['12345678', '12345678'],
      [' with space, comma # ', ' with space, comma # '],
      ['x'.repeat(1024), 'x'.repeat(1024)],
      ['👍'.repeat(8), '👍'.repeat(8)],
    ],
    bad: ['1234567', 'x'.repeat(1025), '👍'.repeat(7), 'e\u0301'.repeat(7)],
  },
};

const isSetting = (name: string): name is keyof Settings => name in TABLE;

describe.each(Object.keys(TABLE).filter(isSetting))('%s', (name) => {
  const { bad, with: others } = TABLE[name];
  const good: readonly (readonly [string, unknown])[] = TABLE[name].good;
  const titled = (text: string) => (text.length > 64 ? `${text.length} characters` : text);

  it.each(good.map((row) => [titled(row[0]), ...row] as const))(
    'takes %j',
    (_title, text, value) => {
      expect(loadSettings({ ...others, [name]: text })[name]).toEqual(value);
    },
  );

  it.each(bad.map((text) => [titled(text), text]))('refuses %j', (_title, text) => {
    const faults = faultsOf({ ...others, [name]: text });
    expect(faults).not.toEqual([]);
    // 7776001 seconds without a refresh is the fault of the absolute life that stands below it.
    const blamed = name === 'REFRESH_TOKEN_TTL_SECONDS' ? /^(REFRESH|SESSION)_/ : `${name} `;
    for (const fault of faults) expect(fault).toMatch(blamed);
  });
});

describe('the table above', () => {
  it('has a row for every setting', () => {
    expect(Object.keys(TABLE)).toEqual(declarations().map(({ name }) => name));
  });
});

describe('settings that look at others', () => {
  it('allows any free port and cheap hashes in tests', () => {
    const env = { NODE_ENV: 'test', PORT: '0', PASSWORD_COST: '4' };
    expect(loadSettings(env)).toMatchObject({ PORT: 0, PASSWORD_COST: 4 });
    expect(faultsOf({ ...env, PASSWORD_COST: '3' })).toHaveLength(1);
  });

  it('holds ADMIN_PASSWORD to PASSWORD_MIN_LENGTH', () => {
    const env = { PASSWORD_MIN_LENGTH: '12', ADMIN_PASSWORD: '12345678901' };
    expect(faultsOf(env)).toEqual([expect.stringContaining('is shorter than PASSWORD_MIN_LENGTH')]);
  });

  it('needs MAIL_FROM beside SMTP_URL, whose password no fault shows', () => {
    const env = { SMTP_URL: 'smtp://user:hunter2@smtp.example.com' };
    expect(faultsOf(env)).toEqual([
      expect.stringContaining('MAIL_FROM is not set, and SMTP_URL needs it'),
    ]);
    expect(faultsOf({ SMTP_URL: 'smtp://user:hunter2@' }).join()).not.toContain('hunter2');
    expect(faultsOf({ MAIL_FROM: 'no-reply@example.com' })).toEqual([]);
  });

  it('does not compare with a value that could not be read', () => {
    expect(
      faultsOf({ ACCESS_TOKEN_TTL_SECONDS: 'x', REFRESH_TOKEN_TTL_SECONDS: '60' }),
    ).toHaveLength(1);
  });
});
