import { host, origins, publicUrl, trustedProxies } from './address-readers.js';
import { databaseUrl } from './database-url.js';
import { anyText, listOf, onOff, oneOf, wholeNumber } from './readers.js';
import {
  HttpsInProduction,
  NotBelow,
  OnlyWith,
  PasswordLength,
  RequiredWith,
  Strong,
  Username,
  Within,
} from './rules.js';
import { weakKey, weakSecret } from './secret-strength.js';
import { Setting } from './setting.decorator.js';

export type Environment = 'development' | 'production' | 'test';
export type TokenAlgorithm = 'ES256' | 'RS256' | 'HS256';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const DAY = 86_400;
const TEN_YEARS = 3650 * DAY;

const offInProduction = {
  text: 'on; off when NODE_ENV=production',
  of: ({ NODE_ENV }: { NODE_ENV: Environment }) => (NODE_ENV === 'production' ? 'off' : 'on'),
};

/**
 * Every setting, named as its environment variable. `.env.example` and docs/configuration.md are
 * generated from here. A setting that looks at another stands below it.
 */
export class Settings {
  @Setting({
    group: 'Server',
    about: 'What this process is for; production refuses whatever is unsafe to run in public.',
    reader: oneOf('development', 'production', 'test'),
    default: 'development',
    example: 'production',
  })
  readonly NODE_ENV!: Environment;

  @Setting({
    group: 'Server',
    about: 'The address to listen on; a container usually needs 0.0.0.0.',
    reader: host,
    default: '127.0.0.1',
    example: '0.0.0.0',
  })
  readonly HOST!: string;

  @Setting({
    group: 'Server',
    about: 'The port to listen on; in tests 0 takes any free one.',
    reader: wholeNumber,
    default: '3000',
    example: '8080',
  })
  @Within(1, 65535, { testsFrom: 0 })
  readonly PORT!: number;

  @Setting({
    group: 'Server',
    about:
      'Where clients reach this server: the issuer and the iss of every token. It may have a path; a trailing slash is removed. No request header ever changes it.',
    reader: publicUrl,
    default: {
      text: 'http://localhost:PORT',
      of: ({ PORT = 3000 }: { PORT?: number }) => `http://localhost:${PORT}`,
    },
    example: 'https://id.example.com',
  })
  @HttpsInProduction()
  readonly PUBLIC_URL!: string;

  @Setting({
    group: 'Server',
    about:
      'The proxies whose X-Forwarded headers count, by their number or by their addresses. Unset, those headers are ignored.',
    reader: trustedProxies,
    example: '10.0.0.0/8,127.0.0.1',
  })
  readonly TRUST_PROXY: number | readonly string[] | undefined;

  @Setting({
    group: 'Server',
    about: 'The web pages of other origins that may call this API from a browser.',
    reader: origins,
    example: 'https://app.example.com,http://localhost:5173',
  })
  readonly CORS_ORIGINS: readonly string[] = [];

  @Setting({
    group: 'Server',
    about: 'The least severe message that is logged.',
    reader: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    example: 'debug',
  })
  readonly LOG_LEVEL!: LogLevel;

  @Setting({
    group: 'Server',
    about: 'The example API: the items and the Task Manager.',
    reader: onOff,
    default: offInProduction,
    example: 'off',
  })
  readonly EXAMPLES!: boolean;

  @Setting({
    group: 'Server',
    about: 'The documentation pages /docs and /redoc, and the OpenAPI document.',
    reader: onOff,
    default: offInProduction,
    example: 'off',
  })
  readonly DOCS!: boolean;

  @Setting({
    group: 'Database',
    about:
      'Where the data lives. Signs such as # and % in a password are percent-encoded. The database sqlite::memory: is gone when the process ends.',
    reader: databaseUrl,
    default: 'sqlite:data/hallpass.sqlite',
    secret: true,
    example: 'postgres://hallpass:password@localhost:5432/hallpass',
  })
  readonly DATABASE_URL!: string;

  @Setting({
    group: 'Secrets and tokens',
    about:
      'Derives every symmetric key but JWT_SECRET. The first of the list signs and the others still verify, so new,old rotates it. Unset outside production, one is generated once into data/auth-secret: a copy of data/ then holds both the database and its secret.',
    reader: listOf('a comma list of secrets'),
    unset: 'generated, except in production',
    secret: true,
  })
  @RequiredWith('NODE_ENV', 'production')
  @Strong(
    'each of 32 or more bytes and 16 or more different characters, as npm run hallpass -- secret makes them',
    weakSecret,
  )
  readonly AUTH_SECRET: readonly string[] | undefined;

  @Setting({
    group: 'Secrets and tokens',
    about: 'How access tokens are signed; RS256 with 3072 bits.',
    reader: oneOf('ES256', 'RS256', 'HS256'),
    default: 'ES256',
    example: 'RS256',
  })
  readonly TOKEN_ALGORITHM!: TokenAlgorithm;

  @Setting({
    group: 'Secrets and tokens',
    about:
      'Signs access tokens with HS256, for services that share it. The first of the list signs and the others still verify. It is never in the JWKS.',
    reader: listOf('a comma list of secrets'),
    secret: true,
  })
  @RequiredWith('TOKEN_ALGORITHM', 'HS256')
  @OnlyWith('TOKEN_ALGORITHM', 'HS256')
  @Strong('each of 32 or more bytes, as npm run hallpass -- secret makes them', weakKey)
  readonly JWT_SECRET: readonly string[] | undefined;

  @Setting({
    group: 'Secrets and tokens',
    about:
      'How long the JWKS may be cached, hence how long a new key stands in it before it signs.',
    reader: wholeNumber,
    default: '300',
    unit: 'seconds',
    example: '3600',
  })
  @Within(0, DAY)
  readonly KEY_PUBLISH_SECONDS!: number;

  @Setting({
    group: 'Secrets and tokens',
    about: 'How long an access token lives.',
    reader: wholeNumber,
    default: '900',
    unit: 'seconds',
    example: '300',
  })
  @Within(60, 3600)
  readonly ACCESS_TOKEN_TTL_SECONDS!: number;

  @Setting({
    group: 'Secrets and tokens',
    about: 'How long a session lives without a refresh.',
    reader: wholeNumber,
    default: '1209600',
    unit: 'seconds',
    example: '604800',
  })
  @Within(60, TEN_YEARS)
  @NotBelow('ACCESS_TOKEN_TTL_SECONDS')
  readonly REFRESH_TOKEN_TTL_SECONDS!: number;

  @Setting({
    group: 'Secrets and tokens',
    about: 'How long a session lives at most, however often it is refreshed.',
    reader: wholeNumber,
    default: '7776000',
    unit: 'seconds',
    example: '2592000',
  })
  @Within(60, TEN_YEARS)
  @NotBelow('REFRESH_TOKEN_TTL_SECONDS')
  readonly SESSION_MAX_AGE_SECONDS!: number;

  @Setting({
    group: 'Passwords',
    about: 'The cost of a bcrypt hash: one more doubles the time of every sign-in.',
    reader: wholeNumber,
    default: '12',
    unit: 'bcrypt rounds',
    example: '13',
  })
  @Within(10, 15, { testsFrom: 4 })
  readonly PASSWORD_COST!: number;

  @Setting({
    group: 'Passwords',
    about: 'The shortest password that a person may choose.',
    reader: wholeNumber,
    default: '8',
    unit: 'characters',
    example: '12',
  })
  @Within(8, 64)
  readonly PASSWORD_MIN_LENGTH!: number;

  @Setting({
    group: 'First administrator',
    about: 'The name of the administrator who is created on a database without users.',
    reader: anyText,
    default: 'admin',
    example: 'root',
  })
  @Username()
  readonly ADMIN_USERNAME!: string;

  @Setting({
    group: 'First administrator',
    about:
      'The password of that administrator, used once. In production it is needed while there are no users.',
    reader: anyText,
    unset: 'generated, except in production',
    secret: true,
  })
  @PasswordLength()
  readonly ADMIN_PASSWORD: string | undefined;
}
