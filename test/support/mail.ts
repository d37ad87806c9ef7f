import { Logger } from '@nestjs/common';
import { Writable } from 'node:stream';
import { Clock } from '../../src/platform/clock.js';
import { createLogger } from '../../src/platform/log/logger.js';
import { NestLogger } from '../../src/platform/log/nest-logger.js';
import type { Mail } from '../../src/platform/mail/mail.js';
import { Mailer } from '../../src/platform/mail/mailer.js';
import type { Message } from '../../src/platform/mail/message.js';
import { MailTransport } from '../../src/platform/mail/transport.js';
import { loadSettings } from '../../src/platform/settings/load-settings.js';

/** Longer than the 76 characters that quoted-printable breaks after, and with an `=` and an `&` in it. */
export const LINK = `https://id.example.com/password-reset?token=hp_pr_${'x1Y-'.repeat(20)}&from=mail`;

export const MESSAGE: Message = {
  to: 'johndoe@example.com',
  subject: 'Set a new password',
  paragraphs: ['Hello johndoe,', 'somebody asked for a new password for your account.'],
  action: { label: 'Choose a password', url: LINK },
  closing: ['If it was not you, there is nothing to do.'],
};

/** Keeps mails instead of sending them. */
export class KeptMail extends MailTransport {
  readonly mails: Mail[] = [];

  async send(mail: Mail): Promise<void> {
    this.mails.push(mail);
  }
}

/** What writes the mails of https://id.example.com. */
export function mailerTo(transport: MailTransport, env: Record<string, string> = {}): Mailer {
  const settings = loadSettings({ PUBLIC_URL: 'https://id.example.com', ...env });
  return new Mailer(settings, transport, new Clock());
}

/** Everything that Nest's loggers say from now on in this file, as text. */
export function watchLog(): () => string {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  Logger.overrideLogger(new NestLogger(createLogger('info', sink)));
  return () => lines.join('');
}
