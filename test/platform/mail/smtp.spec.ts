import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { Smtp } from '../../../src/platform/mail/smtp.js';
import type { SmtpServer } from '../../../src/platform/settings/smtp-url.js';
import { freePort } from '../../support/free-port.js';
import { LINK, mailerTo, MESSAGE } from '../../support/mail.js';
import { type MailServer, startMailServer } from '../../support/smtp.js';

const USER = { user: 'hallpass', pass: 'p@ss#1/2' };

let server: MailServer;
let smtp: Smtp;
afterEach(async () => {
  smtp.onApplicationShutdown();
  await server.close();
});

const send = (at: SmtpServer, message = MESSAGE) => {
  smtp = new Smtp(at, 'id.example.com');
  return mailerTo(smtp, { MAIL_FROM: 'Häll, Inc. <no-reply@example.com>' }).send(message);
};
const notSent = (reason: RegExp, isTemporary: boolean) =>
  expect.objectContaining({
    name: 'MailNotSent',
    reason: expect.stringMatching(reason),
    isTemporary,
  });

describe('a mail over SMTP', () => {
  it('arrives with its headers, as text and as HTML', async () => {
    server = await startMailServer();
    await send(server.at);
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: 'no-reply@example.com', to: ['johndoe@example.com'] });
    const parsed = await PostalMime.parse(mail?.raw ?? '');
    expect(parsed).toMatchObject({
      from: { name: 'Häll, Inc.', address: 'no-reply@example.com' },
      to: [{ name: '', address: 'johndoe@example.com' }],
      subject: 'Set a new password',
      messageId: expect.stringMatching(/^<[0-9a-f-]{36}@id\.example\.com>$/),
      text: expect.stringContaining(`\n${LINK}\n`),
      html: expect.stringContaining(`href="${LINK.replace('&', '&amp;')}"`),
    });
    expect(parsed.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
    expect(Math.abs(Date.parse(parsed.date ?? '') - Date.now())).toBeLessThan(60_000);
    expect(mail?.raw).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\r$/m);
  });

  it.each([
    ['ASCII', 'johndoe', /^7bit$/i, '7bit'],
    ['other letters', 'Jöhn Dœ 名', /^8bit$/i, '8bitmime'],
  ])(
    'has the whole link on one line of its source: %s',
    async (_title, name, encoding, bodyType) => {
      server = await startMailServer();
      await send(server.at, { ...MESSAGE, paragraphs: [`Hello ${name},`] });
      const [mail] = server.received;
      const raw = mail?.raw ?? '';
      expect(raw.split('\r\n')).toContain(LINK);
      expect(/Content-Transfer-Encoding: (\S+)/.exec(raw)?.[1]).toMatch(encoding);
      expect(mail?.bodyType).toBe(bodyType);
      expect((await PostalMime.parse(raw)).text).toContain(`Hello ${name},`);
    },
  );

  it('keeps lines that begin with a dot (RFC 5321 §4.5.2)', async () => {
    server = await startMailServer();
    await send(server.at, { ...MESSAGE, paragraphs: ['.', '..hidden'] });
    const { text } = await PostalMime.parse(server.received[0]?.raw ?? '');
    expect(text).toContain('\n.\n\n..hidden\n');
  });
});

describe('the connection', () => {
  it('signs in', async () => {
    server = await startMailServer({}, USER);
    await send({ ...server.at, auth: USER });
    expect(server.received).toMatchObject([{ user: USER.user }]);
  });

  it('says that it could not sign in, without the user and the password', async () => {
    server = await startMailServer({}, USER);
    const refused = send({ ...server.at, auth: { ...USER, pass: 'wrong' } });
    await expect(refused).rejects.toEqual(notSent(/^[^:]*SMTP_URL \(EAUTH 535\)$/, false));
  });

  it.each([
    ['smtps://', { secure: true }, {}],
    ['STARTTLS where it must be', {}, { requireTLS: true }],
    ['STARTTLS where it need not be', {}, { requireTLS: false }],
  ])('is TLS by %s', async (_title, options, asked) => {
    server = await startMailServer(options);
    await send({ ...server.at, ...asked });
    expect(server.received).toMatchObject([{ overTls: true }]);
  });

  it.each([
    ['smtps://', { secure: true }, {}],
    ['STARTTLS', {}, { requireTLS: true }],
    ['STARTTLS that need not be', {}, { requireTLS: false }],
  ])('is refused where nobody vouches for the certificate: %s', async (_title, options, asked) => {
    server = await startMailServer(options, USER);
    const refused = send({ ...server.at, ...asked, auth: USER, rejectUnauthorized: true });
    await expect(refused).rejects.toMatchObject({
      reason: expect.stringContaining('its certificate is not trusted'),
    });
    expect(server.received).toEqual([]);
  });

  it('is refused where TLS must be and is not offered, and sends nothing', async () => {
    server = await startMailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }, USER);
    const refused = send({ ...server.at, requireTLS: true, auth: USER });
    await expect(refused).rejects.toEqual(notSent(/offers no TLS/, false));
    expect(server.received).toEqual([]);
  });

  it('goes on in the clear where it may', async () => {
    server = await startMailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    await send(server.at);
    expect(server.received).toMatchObject([{ overTls: false }]);
  });
});

describe('a mail that is not taken', () => {
  it.each([
    [421, true],
    [451, true],
    [550, false],
    [554, false],
  ])('with %i may be tried again: %s', async (code, isTemporary) => {
    server = await startMailServer();
    server.answers.push(code);
    await expect(send(server.at)).rejects.toEqual(
      notSent(new RegExp(`^[^@<>]* \\(\\w+ ${code}\\)$`), isTemporary),
    );
  });

  it('for want of a server may be tried again', async () => {
    server = await startMailServer();
    const refused = send({ ...server.at, port: await freePort() });
    await expect(refused).rejects.toEqual(notSent(/cannot be reached.* \(ESOCKET\)$/, true));
  });
});
