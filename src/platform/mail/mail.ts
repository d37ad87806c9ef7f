import type { SendMailOptions } from 'nodemailer';
import type { Mailbox } from '../settings/mailbox.js';

/** A message made up for its way: what every transport gets. */
export interface Mail {
  readonly from: Mailbox;
  /** one address */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** RFC 5322 §3.3 */
  readonly date: string;
}

/**
 * The mail as MIME. The text goes as it is, in 7 or 8 bits: quoted-printable, which nodemailer takes
 * for lines over 76 characters, would break a long address and write `=3D` into it.
 */
export function asMime({ from, to, subject, text, html, messageId, date }: Mail): SendMailOptions {
  const isAscii = /^\p{ASCII}*$/u.test(text);
  const textPart = [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isAscii ? '7bit' : '8bit'}`,
    '',
    text,
  ].join('\n');
  return {
    // As objects: a text would be read as a list of addresses.
    from: { ...from },
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to], use8BitMime: !isAscii },
    subject,
    messageId,
    date,
    headers: { 'Auto-Submitted': 'auto-generated' }, // no automatic answers, please. RFC 3834 §5
    text: { raw: textPart.replaceAll('\n', '\r\n') },
    html,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
