import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_FULL_NAME = 200;

/** Control characters and line ends: class-validator takes them in the quoted part of an address. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** @returns what keeps a text from being an e-mail address, undefined when it is good */
export function emailFault(text: string): string | undefined {
  if ([...text].length > LONGEST_EMAIL) return `must be at most ${LONGEST_EMAIL} characters`;
  const isAddress = !UNPRINTABLE.test(text) && isEmail(text); // which throws at half a surrogate pair
  const hasDomain = domainToASCII(text.slice(text.lastIndexOf('@') + 1)) !== '';
  return isAddress && hasDomain ? undefined : 'must be an e-mail address';
}

/**
 * The form in which addresses are compared: nobody has two that differ in case alone, or that a mail
 * server would take for the same.
 */
export function emailKey(email: string): string {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at).normalize('NFC').toLowerCase();
  return `${local}@${domainToASCII(email.slice(at + 1))}`;
}

/** @returns what keeps a text from being a person's full name, undefined when it is good */
export function fullNameFault(text: string): string | undefined {
  const { length } = [...text];
  if (text.trim() === '' || length > LONGEST_FULL_NAME) {
    return `must be 1 to ${LONGEST_FULL_NAME} characters`;
  }
  return UNPRINTABLE.test(text) ? 'must be one line without control characters' : undefined;
}
