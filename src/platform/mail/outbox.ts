import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger, type OnModuleInit } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { newId } from '../ids.js';
import type { Environment } from '../settings/settings.js';
import { asMime, type Mail } from './mail.js';
import { MailNotSent, MailTransport } from './transport.js';

/** Where mails go while SMTP_URL is not set. */
export const OUTBOX = join('data', 'outbox');

/** Writes mails into files, for whoever runs this without a mail server. */
export class Outbox extends MailTransport implements OnModuleInit {
  private readonly logger = new Logger('Mail');
  private readonly mime = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'unix', // what reads a file line by line is not to find a \r after an address
  });

  constructor(
    private readonly environment: Environment,
    private readonly folder = OUTBOX,
  ) {
    super();
  }

  onModuleInit(): void {
    if (this.environment !== 'production') return;
    this.logger.warn(
      `SMTP_URL is not set: mails are written to ${this.folder}, and sent to nobody`,
    );
  }

  async send(mail: Mail): Promise<void> {
    const { message } = await this.mime.sendMail(asMime(mail));
    const path = join(this.folder, `${newId()}.eml`); // in the order of time, as every id is
    const draft = `${path}.draft`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, message, { mode: 0o600, flag: 'wx' });
      await rename(draft, path); // whoever watches the folder finds whole mails only
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new MailNotSent(`${path} cannot be written (${code})`, false);
    }
    this.logger.warn(`A mail was written to ${path}, as SMTP_URL is not set`);
  }
}
