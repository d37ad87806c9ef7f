import type { Mail } from '../platform/mail/mail.js';
import { MailTransport } from '../platform/mail/transport.js';

/** Shows mails to whoever tries the demo, and keeps none. */
export class MailOnTerminal extends MailTransport {
  constructor(private readonly print: (text: string) => void) {
    super();
  }

  async send({ to, subject, text }: Mail): Promise<void> {
    const rule = '-'.repeat(72);
    this.print(['', rule, `Mail to ${to}: ${subject}`, '', text.trimEnd(), rule, ''].join('\n'));
  }
}
