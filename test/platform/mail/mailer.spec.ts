import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { createTransport } from 'nodemailer';
import { asMime } from '../../../src/platform/mail/mail.js';
import { KeptMail, mailerTo, MESSAGE } from '../../support/mail.js';

const FROM = { MAIL_FROM: 'Hallpass <no-reply@example.com>' };

/** The mail as it would go out, to whom the server would be told to give it, and what a program reads in it. */
async function wire(change: Partial<typeof MESSAGE>, env: Record<string, string> = FROM) {
  const mail = mailerTo(new KeptMail(), env).compose({ ...MESSAGE, ...change });
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message, envelope } = await transport.sendMail(asMime(mail));
  const source = String(message);
  const [head = ''] = source.split(/\r?\n\r?\n/);
  const names = head.split(/\r?\n/).flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []);
  return { envelope, names, parsed: await PostalMime.parse(source) };
}

const HEADERS = [
  'Auto-Submitted',
  'Content-Type',
  'Date',
  'From',
  'MIME-Version',
  'Message-ID',
  'Subject',
  'To',
];

describe('the headers of a mail', () => {
  it.each([
    ['a line', 'a\r\nBcc: evil@example.org', 'a Bcc: evil@example.org'],
    ['an end of the headers', 'a\n\n<script>', 'a <script>'],
    ['a carriage return', 'a\rBcc: evil@example.org', 'a Bcc: evil@example.org'],
    ['a line separator', 'a\u2028Bcc: evil@example.org', 'a Bcc: evil@example.org'],
    ['a NUL', 'a\u0000b', 'a b'],
    ['a direction', 'a\u202eb', 'ab'],
    ['an encoded word', '=?utf-8?Q?a=0D=0ABcc:_evil@example.org?=', undefined],
    ['a long line', 'x '.repeat(2000).trim(), 'x '.repeat(2000).trim()],
  ])('cannot be added to by a subject with %s', async (_title, subject, shown) => {
    const { names, envelope, parsed } = await wire({ subject });
    expect(names.toSorted()).toEqual(HEADERS);
    expect(envelope.to).toEqual([MESSAGE.to]);
    expect(parsed.bcc ?? []).toEqual([]);
    if (shown !== undefined) expect(parsed.subject).toBe(shown);
  });

  it.each([
    'a@b.example\r\nBcc: evil@example.org',
    'a@b.example\n',
    'a@b.example, evil@example.org',
    'a@b.example; evil@example.org',
    'a@b.example evil@example.org',
    'a <a@b.example>',
    '<a@b.example>',
    'group: a@b.example;',
    'a@b.example\u0000',
    'a@b.example\u2028',
    '\u202ea@b.example',
    'johndoe',
    '',
  ])('are not made for %j, which is not one address', async (to) => {
    const kept = new KeptMail();
    await expect(mailerTo(kept, FROM).send({ ...MESSAGE, to })).rejects.toMatchObject({
      name: 'MailNotSent',
      reason: 'its recipient is no address',
      isTemporary: false,
    });
    expect(kept.mails).toEqual([]);
  });

  it.each(['Häll "the" pass, Inc.', 'a@b.example, c', '=?utf-8?Q?a?=', 'x'.repeat(200)])(
    'name one sender: %s',
    async (name) => {
      const { names, envelope, parsed } = await wire({}, { MAIL_FROM: `${name} <a@b.example>` });
      expect(names.toSorted()).toEqual(HEADERS);
      expect(envelope.from).toBe('a@b.example');
      expect(parsed.from).toMatchObject({ address: 'a@b.example' });
    },
  );

  it('name a sender of PUBLIC_URL while MAIL_FROM is not set', async () => {
    const { parsed } = await wire({}, {});
    expect(parsed.from).toEqual({ name: 'Hallpass', address: 'no-reply@id.example.com' });
  });

  it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'are whole at %s',
    async (url) => {
      const { names, parsed } = await wire({}, { ...FROM, PUBLIC_URL: url });
      expect(names.toSorted()).toEqual(HEADERS);
      expect(parsed.messageId).toMatch(`@${new URL(url).hostname}>`);
    },
  );
});
