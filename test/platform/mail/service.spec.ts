import { Controller, HttpCode, Post as HttpPost } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { Public } from '../../../src/auth/public.decorator.js';
import { Background } from '../../../src/platform/background.js';
import { Post } from '../../../src/platform/mail/post.js';
import { startApp, type TestApp } from '../../support/app.js';
import { freePort } from '../../support/free-port.js';
import { call } from '../../support/http.js';
import { MESSAGE } from '../../support/mail.js';
import { type MailServer, startMailServer } from '../../support/smtp.js';

const USER = { user: 'hall@pass', pass: 'p#ss/word' };

@Controller('reminders')
class RemindersController {
  constructor(private readonly post: Post) {}

  @Public()
  @HttpPost()
  @HttpCode(202)
  remind(): void {
    this.post.later(MESSAGE);
  }
}

let app: TestApp;
let server: MailServer | undefined;
afterEach(async () => {
  await app.close();
  await server?.close();
  server = undefined;
});

const start = async (env: Record<string, string> = {}) => {
  app = await startApp({ env, controllers: [RemindersController] });
};
const remind = () => call(`${app.url}/reminders`, { method: 'POST' });

describe('the service', () => {
  it('hands mails to the server of SMTP_URL, as MAIL_FROM', async () => {
    server = await startMailServer({}, USER);
    const login = `${encodeURIComponent(USER.user)}:${encodeURIComponent(USER.pass)}`;
    await start({
      SMTP_URL: `smtp://${login}@127.0.0.1:${server.at.port}`,
      MAIL_FROM: 'Hallpass <no-reply@example.com>',
    });
    expect((await remind()).status).toBe(202);
    await app.app.get(Background).settled();
    expect(server.received).toMatchObject([
      { from: 'no-reply@example.com', to: [MESSAGE.to], user: USER.user, overTls: true },
    ]);
    expect(app.log()).not.toMatch(/p#ss|p%23ss|johndoe@|hp_pr_/);
  });

  it('answers as ever while that server is down, and stops without waiting for it', async () => {
    const port = await freePort();
    await start({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'no-reply@example.com' });
    expect((await remind()).status).toBe(202);
    while (!app.log().includes('will be tried again')) await new Promise(setImmediate);
    expect((await remind()).status).toBe(202);
    await app.app.close();
    expect(app.log().match(/could not be sent: .*ESOCKET/g)).toHaveLength(2);
    expect(app.log()).not.toMatch(/johndoe@|no-reply|hp_pr_/);
  });

  it('gives a test all its mails', async () => {
    await start();
    await remind();
    expect(await app.mails()).toMatchObject([{ to: MESSAGE.to, subject: MESSAGE.subject }]);
  });
});
