import { type DynamicModule, Module } from '@nestjs/common';
import { Settings } from '../settings/settings.js';
import { Mailer } from './mailer.js';
import { Outbox } from './outbox.js';
import { Post } from './post.js';
import { Smtp } from './smtp.js';
import { MailTransport } from './transport.js';

/** For every module: mails, on the way that the settings name. */
@Module({})
export class MailModule {
  /** @param transport another way than the settings name */
  static of(transport?: MailTransport): DynamicModule {
    const way = {
      provide: MailTransport,
      inject: [Settings],
      useFactory: (settings: Settings) => transport ?? wayOf(settings),
    };
    return {
      module: MailModule,
      global: true,
      providers: [way, Mailer, Post],
      exports: [MailTransport, Mailer, Post],
    };
  }
}

function wayOf({ SMTP_URL, PUBLIC_URL, NODE_ENV }: Settings): MailTransport {
  return SMTP_URL ? new Smtp(SMTP_URL, new URL(PUBLIC_URL).hostname) : new Outbox(NODE_ENV);
}
