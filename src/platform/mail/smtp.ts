import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { SmtpServer } from '../settings/smtp-url.js';
import { asMime, type Mail } from './mail.js';
import { MailNotSent, MailTransport } from './transport.js';

/** For each step: to connect, to be greeted, and between one answer and the next. */
const PATIENCE_MS = 10_000;
const IDLE_MS = 5_000;

/** Hands mails to a server, over connections that are kept for a few seconds. RFC 5321. */
export class Smtp extends MailTransport implements OnApplicationShutdown {
  private readonly pool;

  /** @param name how this machine introduces itself; many servers refuse what is no host name */
  constructor(server: SmtpServer, name: string) {
    super();
    const { host, port, secure, requireTLS, rejectUnauthorized, auth } = server;
    this.pool = createTransport({
      pool: true,
      host,
      port,
      secure,
      requireTLS,
      tls: { rejectUnauthorized },
      ...(auth && { auth: { ...auth } }),
      name,
      dnsTimeout: PATIENCE_MS,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      idleTimeout: IDLE_MS,
      maxRequeues: 1, // for a kept connection that the server has closed meanwhile; the rest is Post's affair
    });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.pool.sendMail(asMime(mail));
    } catch (error) {
      throw notSent(error);
    }
  }

  /**
   * Connects, is greeted, makes TLS of it and signs in, as a mail would; and sends none.
   *
   * @throws {MailNotSent}
   */
  async verify(): Promise<void> {
    try {
      await this.pool.verify();
    } catch (error) {
      throw notSent(error);
    }
  }

  /** Whoever waits for a mail has waited before this. */
  onApplicationShutdown(): void {
    this.pool.close({ force: true });
  }
}

/** The connection failed, so nothing says that the mail was refused. */
const UNREACHABLE = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS']);

const MEANINGS: Readonly<Record<string, string>> = {
  EAUTH: 'the mail server does not take the user and password of SMTP_URL',
  ECONNECTION: 'the connection to the mail server broke',
  EDNS: 'the host of SMTP_URL is not known',
  EENVELOPE: 'the mail server refuses the sender or the recipient',
  EMESSAGE: 'the mail server refuses the mail',
  ESOCKET: 'the mail server cannot be reached, or its certificate is not trusted',
  ETIMEDOUT: 'the mail server does not answer in time',
  ETLS: 'the mail server offers no TLS, or its certificate is not trusted',
};

/** Of an error only its codes: the server's answer usually quotes an address. */
function notSent(error: unknown): MailNotSent {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const word = typeof code === 'string' ? code : 'unknown';
  const answer = typeof responseCode === 'number' ? responseCode : undefined;
  const meaning = MEANINGS[word] ?? 'handing it to the mail server failed';
  const isTemporary = answer === undefined ? UNREACHABLE.has(word) : answer < 500; // RFC 5321 §4.2.1
  return new MailNotSent(`${meaning} (${[word, answer].filter(Boolean).join(' ')})`, isTemporary);
}
