import { host, origins, publicUrl, trustedProxies } from './address-readers.js';
import { brandName, color, type Logo, logo } from './brand-readers.js';
import { databaseUrl } from './database-url.js';
import { type Mailbox, mailbox } from './mailbox.js';
import { anyText, listOf, onOff, oneOf, wholeNumber } from './readers.js';
import {
  BearerText,
  HttpsInProduction,
  NotBelow,
  OnlyWith,
  PasswordLength,
  RequiredBeside,
  RequiredWith,
  Strong,
  Username,
  Within,
} from './rules.js';
import { weakKey, weakSecret } from './secret-strength.js';
import { Setting } from './setting.decorator.js';
import { type SmtpServer, smtpUrl } from './smtp-url.js';

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
    about:
      'The requests that one address (of IPv6 a /64) may send to each process in a minute; with 0, any number. Those of this very machine and those of /health/ are not limited. Behind a proxy set TRUST_PROXY: without it all clients are the one address of the proxy, or, where that runs on this machine, not limited.',
    reader: wholeNumber,
    default: '6000',
    unit: 'requests',
    example: '600',
  })
  @Within(0, 10_000_000)
  readonly RATE_LIMIT_PER_MINUTE!: number;

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
      'Signs access tokens with HS256, for services that share it; id_tokens have keys of their own. The first of the list signs and the others still verify. It is never in the JWKS.',
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
    about:
      'The age at which the signing key is replaced by a new one while the server runs. With 0, only npm run hallpass -- keys rotate replaces it.',
    reader: wholeNumber,
    default: '0',
    unit: 'days',
    example: '90',
  })
  @Within(0, 3650)
  readonly KEY_MAX_AGE_DAYS!: number;

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
    group: 'Secrets and tokens',
    about:
      'How long a browser stays signed in to the pages of this server, which applications send people to, without a use of them; to the minute.',
    reader: wholeNumber,
    default: '86400',
    unit: 'seconds',
    example: '3600',
  })
  @Within(60, TEN_YEARS)
  readonly BROWSER_SESSION_TTL_SECONDS!: number;

  @Setting({
    group: 'Secrets and tokens',
    about: 'How long a browser stays signed in there at most, however often it is used.',
    reader: wholeNumber,
    default: '2592000',
    unit: 'seconds',
    example: '604800',
  })
  @Within(60, TEN_YEARS)
  @NotBelow('BROWSER_SESSION_TTL_SECONDS')
  readonly BROWSER_SESSION_MAX_AGE_SECONDS!: number;

  @Setting({
    group: 'Secrets and tokens',
    about:
      'How long a refresh token that was just replaced is answered with the same new one again, for a client that lost the first answer. With 0, its second use ends the session at once.',
    reader: wholeNumber,
    default: '10',
    unit: 'seconds',
    example: '30',
  })
  @Within(0, 60)
  readonly REFRESH_GRACE_SECONDS!: number;

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
    group: 'Accounts',
    about: 'Whether anybody may sign up, or accounts are made by operators alone.',
    reader: oneOf('open', 'closed'),
    default: 'closed',
    example: 'open',
  })
  readonly REGISTRATION!: 'open' | 'closed';

  @Setting({
    group: 'Audit log',
    about:
      'How long an entry of the audit log is kept, with the ids and IP addresses in it; npm run hallpass -- purge deletes what is older. With 0, for ever.',
    reader: wholeNumber,
    default: '365',
    unit: 'days',
    example: '90',
  })
  @Within(0, 3650)
  readonly AUDIT_RETENTION_DAYS!: number;

  @Setting({
    group: 'Metrics',
    about:
      'Whether /metrics shows figures of this process to a Prometheus server. Off, there is no such path and nothing is counted. On, anybody may read it who reaches it: keep it from outside by your proxy, or set METRICS_TOKEN.',
    reader: onOff,
    default: 'off',
    example: 'on',
  })
  readonly METRICS!: boolean;

  @Setting({
    group: 'Metrics',
    about: 'The token that /metrics then asks for, as Authorization: Bearer.',
    reader: anyText,
    unset: 'none: no token is asked for',
    secret: true,
  })
  @BearerText(16)
  readonly METRICS_TOKEN: string | undefined;

  @Setting({
    group: 'Mail',
    about:
      'The server that mails are handed to. Signs such as # and % in a password are percent-encoded. With smtps:// the connection is TLS from the start (port 465); with smtp:// (port 587) it must become TLS by STARTTLS before anything is sent. The certificate must be one that Node trusts (NODE_EXTRA_CA_CERTS adds your own). On localhost neither is asked for. The option ?requireTLS=false also sends in the clear, and ?tls.rejectUnauthorized=false takes any certificate: only for a network that is your own.',
    reader: smtpUrl,
    unset: 'none: mails are written to data/outbox/*.eml, and the log names each file',
    secret: true,
    example: 'smtps://user:password@smtp.example.com',
  })
  readonly SMTP_URL: SmtpServer | undefined;

  @Setting({
    group: 'Mail',
    about: 'Whom mails are from.',
    reader: mailbox,
    unset: 'Hallpass, no-reply@ and the host of PUBLIC_URL',
    example: 'Hallpass <no-reply@example.com>',
  })
  @RequiredBeside('SMTP_URL')
  readonly MAIL_FROM: Mailbox | undefined;

  @Setting({
    group: 'Pages',
    about:
      'The name on the pages that people are shown, such as that of the sign-in, and in the titles of their windows.',
    reader: brandName,
    default: 'Hallpass',
    example: 'Acme',
  })
  readonly BRAND_NAME!: string;

  @Setting({
    group: 'Pages',
    about:
      'The logo on those pages, also as the icon of the window. The file is read once, at the boot. One that is at least twice as wide as high is taken to have the name in it, and stands alone; otherwise BRAND_NAME stands beside it. It is shown on light and on dark.',
    reader: logo,
    unset: 'the mark of Hallpass, in BRAND_COLOR',
  })
  readonly BRAND_LOGO: Logo | undefined;

  @Setting({
    group: 'Pages',
    about:
      'The colour of buttons and links on those pages. Whatever it is, everything stays readable: the text on it is black or white, and links are made darker or lighter until they stand out.',
    reader: color,
    unset: 'the blue of Hallpass',
    example: '#0f766e',
  })
  readonly BRAND_COLOR: string | undefined;

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
