import { isHost } from './address-readers.js';
import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

/** The mail server, and what is asked of the connection to it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise by STARTTLS. RFC 8314 §3. */
  readonly secure: boolean;
  /** No STARTTLS, no mail. */
  readonly requireTLS: boolean;
  readonly rejectUnauthorized: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

const PORTS = { 'smtp:': 587, 'smtps:': 465 };
const OPTIONS = ['requireTLS', 'tls.rejectUnauthorized'] as const;

/** Read here, not by nodemailer: of a mistyped option it would say nothing, and some of its own log the password. */
export const smtpUrl: Reader<SmtpServer> = {
  takes:
    'smtp:// or smtps:// with user:password@ if there are any, a host, a port if it is another than usual, and the options requireTLS and tls.rejectUnauthorized',
  read(text) {
    if (!/^smtps?:\/\//.test(text)) throw new Unreadable('does not begin with smtp:// or smtps://');
    // A bare # in a password would silently cut the address short.
    if (text.includes('#')) throw new Unreadable('has a bare # (in a password it is written %23)');
    if (/[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) {
      throw new Unreadable('is not a URL (is the password encoded?)');
    }
    const url = new URL(text);
    if (url.pathname !== '' && url.pathname !== '/') {
      throw new Unreadable('has a path (in a password a / is written %2F)');
    }
    const host = hostOf(url);
    const asked = optionsOf(url);
    // Between this machine and itself nobody listens, and a certificate for localhost is rare.
    const safe = !isLoopback(host);
    return {
      host,
      port: Number(url.port) || PORTS[url.protocol as keyof typeof PORTS],
      secure: url.protocol === 'smtps:',
      requireTLS: asked.get('requireTLS') ?? safe,
      rejectUnauthorized: asked.get('tls.rejectUnauthorized') ?? safe,
      ...authOf(url),
    };
  },
};

function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (!isHost(host)) throw new Unreadable('has neither an IP address nor a host name in it');
  return host;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.[\d.]+|::1)$/i.test(host);
}

function optionsOf({ searchParams }: URL): Map<string, boolean> {
  const asked = new Map<string, boolean>();
  for (const [name, value] of searchParams) {
    const option = OPTIONS.find((known) => known === name);
    if (!option) throw new Unreadable(`has another option than ${OPTIONS.join(' and ')}`);
    if (asked.has(option)) throw new Unreadable(`has ${option} twice`);
    if (value !== 'true' && value !== 'false') {
      throw new Unreadable(`has a value for ${option} that is neither true nor false`);
    }
    asked.set(option, value === 'true');
  }
  return asked;
}

function authOf({ username, password }: URL): Pick<SmtpServer, 'auth'> {
  if (username === '' && password === '') return {};
  if (username === '') throw new Unreadable('has a password without a user');
  if (password === '') throw new Unreadable('has a user without a password');
  try {
    return { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } };
  } catch {
    throw new Unreadable(
      'has a percent sign that encodes nothing (in a password it is written %25)',
    );
  }
}
