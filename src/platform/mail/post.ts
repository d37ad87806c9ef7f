import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Background } from '../background.js';
import type { Mail } from './mail.js';
import { Mailer } from './mailer.js';
import type { Message } from './message.js';
import { MailNotSent, MailTransport } from './transport.js';

/** Between the tries: there is one more of those. */
const PAUSES_MS = [1_000, 10_000];

/** Sends mails when the answer is out, and again where the mail server says that it may take them later. */
@Injectable()
export class Post {
  private readonly logger = new Logger('Mail');
  protected readonly pausesMs: readonly number[] = PAUSES_MS;

  constructor(
    private readonly background: Background,
    private readonly mailer: Mailer,
    private readonly transport: MailTransport,
  ) {}

  /** @param message or what finds out whether there is one, and to whom: null for nobody */
  later(message: Message | (() => Promise<Message | null>)): void {
    this.background.run('A mail', async (stopping) => {
      try {
        const written = typeof message === 'function' ? await message() : message;
        if (written) await this.deliver(this.mailer.compose(written), stopping);
      } catch (error) {
        if (!(error instanceof MailNotSent)) throw error;
        this.logger.error(`A mail could not be sent: ${error.reason}`);
      }
    });
  }

  /** On a stop, the pause ends and the try after it is the last. */
  private async deliver(mail: Mail, stopping: AbortSignal): Promise<void> {
    for (const pause of this.pausesMs) {
      const isLast = stopping.aborted;
      try {
        await this.transport.send(mail);
        return;
      } catch (error) {
        if (isLast || !(error instanceof MailNotSent && error.isTemporary)) throw error;
        this.logger.warn(`A mail will be tried again: ${error.reason}`);
      }
      await setTimeout(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
    await this.transport.send(mail);
  }
}
