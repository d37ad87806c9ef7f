import { Injectable } from '@nestjs/common';
import { Clock, mailTime } from '../clock.js';
import { newId } from '../ids.js';
import { isMailAddress, type Mailbox } from '../settings/mailbox.js';
import { Settings } from '../settings/settings.js';
import type { Mail } from './mail.js';
import { type Message, oneLine } from './message.js';
import { renderHtml, renderText } from './render.js';
import { MailNotSent, MailTransport } from './transport.js';

/** Makes a mail out of a message and sends it, while the caller waits; Post is for all who do not. */
@Injectable()
export class Mailer {
  private readonly from: Mailbox;
  private readonly url: URL;

  constructor(
    settings: Settings,
    private readonly transport: MailTransport,
    private readonly clock: Clock,
  ) {
    this.url = new URL(settings.PUBLIC_URL);
    this.from = settings.MAIL_FROM ?? {
      name: 'Hallpass',
      address: `no-reply@${this.url.hostname}`,
    };
  }

  /**
   * One try.
   *
   * @throws {MailNotSent}
   */
  async send(message: Message): Promise<void> {
    await this.transport.send(this.compose(message));
  }

  /**
   * A mail keeps its Message-ID however often it is sent, so that one which arrives twice is seen as one.
   *
   * @throws {MailNotSent} when the recipient is not one address
   */
  compose(message: Message): Mail {
    if (!isMailAddress(message.to)) throw new MailNotSent('its recipient is no address', false);
    return {
      from: this.from,
      to: message.to,
      subject: oneLine(message.subject),
      text: renderText(message, this.url.host),
      html: renderHtml(message, this.url.host),
      messageId: `<${newId()}@${this.url.hostname}>`,
      date: mailTime(this.clock.now()),
    };
  }
}
