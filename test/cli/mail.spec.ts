import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailOnTerminal } from '../../src/boot/mail-on-terminal.js';
import { LINK, mailerTo, MESSAGE } from '../support/mail.js';
import { freePort } from '../support/free-port.js';
import { emptyFolder, start, startServer, testing } from './processes.js';

const WARNING = 'SMTP_URL is not set: mails are written to data/outbox, and sent to nobody';
const PRODUCTION = {
  ...testing,
  NODE_ENV: 'production',
  PASSWORD_COST: '10',
  PUBLIC_URL: 'https://id.example.com',
  ADMIN_PASSWORD: 'correct horse',
};
const SMTP = { SMTP_URL: 'smtp://user:hunter2@localhost', MAIL_FROM: 'no-reply@example.com' };

describe('a server', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  beforeEach(async () => {
    folder = await emptyFolder();
  });
  afterEach(() => folder.remove());

  it.each([
    ['in production without SMTP_URL', PRODUCTION, 1],
    ['in production with SMTP_URL', { ...PRODUCTION, ...SMTP }, 0],
    ['elsewhere', testing, 0],
  ])('warns that mails are sent to nobody: %s', async (_title, env, times) => {
    const free = env.NODE_ENV === 'test' ? env : { ...env, PORT: String(await freePort()) };
    const server = await startServer({ cwd: folder.path, env: free });
    const { code, stdout, stderr } = await server.stop();
    expect(code).toBe(0);
    expect(stdout.split(WARNING)).toHaveLength(times + 1);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('does not start with SMTP_URL alone', async () => {
    const env = { ...testing, SMTP_URL: SMTP.SMTP_URL };
    const { code, stdout, stderr } = await start('main', [], { cwd: folder.path, env }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('MAIL_FROM is not set, and SMTP_URL needs it; it takes');
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

describe('a mail of the demo', () => {
  it('is shown with whom it is for, what it is about and what it says', async () => {
    const shown: string[] = [];
    await mailerTo(new MailOnTerminal((text) => shown.push(text))).send(MESSAGE);
    expect(shown.join().split('\n')).toEqual(
      expect.arrayContaining(['Mail to johndoe@example.com: Set a new password', LINK]),
    );
  });

  it('cannot move the cursor', async () => {
    const shown: string[] = [];
    const mailer = mailerTo(new MailOnTerminal((text) => shown.push(text)));
    await mailer.send({ ...MESSAGE, subject: 'a\u001b[2Jb', paragraphs: ['c\u009b2Jd'] });
    expect(shown.join().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
