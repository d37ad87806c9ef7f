import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { SmtpServer } from '../../src/platform/settings/smtp-url.js';

/** A mail as it came over the wire. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly user: unknown;
  readonly overTls: boolean;
  /** as MAIL FROM declared it: RFC 6152 */
  readonly bodyType: string | undefined;
}

export interface MailServer {
  /** how to reach it; no TLS is asked for */
  readonly at: SmtpServer;
  readonly received: readonly Received[];
  /** what the next mails are answered with, one each, instead of being taken */
  readonly answers: number[];
  close(): Promise<void>;
}

/** The words of a refusal quote the recipient, as those of real servers do. */
class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    recipient: string,
  ) {
    super(`<${recipient}> not now, or not ever`);
  }
}

/**
 * A real one on a free port of loopback, with a self-signed certificate.
 *
 * @param user who alone may send; without, everybody
 */
export async function startMailServer(
  options: SMTPServerOptions = {},
  user?: { readonly user: string; readonly pass: string },
): Promise<MailServer> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = new SMTPServer({
    logger: false, // which also keeps it from warning about its certificate
    authOptional: user === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === user?.user && password === user?.pass) done(null, { user: username });
      else done(new Error(`no such user: ${username}`));
    },
    onData: (stream, { envelope, user: sender, secure }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const answer = answers.shift();
        if (answer) return done(new Refusal(answer, to.join()));
        const raw = Buffer.concat(chunks).toString();
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        received.push({
          from,
          to,
          raw,
          user: sender,
          overTls: secure,
          bodyType: envelope.bodyType,
        });
        return done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that hangs up on a certificate is one of the tests
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (typeof address !== 'object' || !address) throw new Error('the mail server has no port');
  return {
    at: {
      host: '127.0.0.1',
      port: address.port,
      secure: options.secure ?? false,
      requireTLS: false,
      rejectUnauthorized: false,
    },
    received,
    answers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
