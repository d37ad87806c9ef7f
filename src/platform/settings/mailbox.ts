import { isEmail } from 'class-validator';
import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

/** Whom a mail is from, or for. */
export interface Mailbox {
  /** empty for none */
  readonly name: string;
  readonly address: string;
}

/** What breaks a header's line, or turns the direction in which it is read. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

/** One address and nothing else: no list, no name, no second line. */
export function isMailAddress(text: string): boolean {
  return isEmail(text, { require_tld: false, allow_ip_domain: true }) && !UNPRINTABLE.test(text);
}

export const mailbox: Reader<Mailbox> = {
  takes: 'an e-mail address, or a name and the address in angle brackets',
  read(text) {
    const [, name = '', address = text] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
    if (UNPRINTABLE.test(text)) throw new Unreadable('has a control or direction character in it');
    if (!isMailAddress(address)) {
      throw new Unreadable('is neither an e-mail address nor a name with one in angle brackets');
    }
    // The quotes of `"Name, Inc." <address>` belong to a header, where they are put again.
    return { name: name.trim().replace(/^"(.*)"$/, '$1'), address };
  },
};
