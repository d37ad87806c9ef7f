import { isEmail } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_FULL_NAME = 200;

/** Control characters and line ends: class-validator takes them in the quoted part of an address. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** @returns what keeps a text from being an e-mail address, undefined when it is good */
export function emailFault(text: string): string | undefined {
  if ([...text].length > LONGEST_EMAIL) return `must be at most ${LONGEST_EMAIL} characters`;
  return isEmail(text) && !UNPRINTABLE.test(text) ? undefined : 'must be an e-mail address';
}

/** @returns what keeps a text from being a person's full name, undefined when it is good */
export function fullNameFault(text: string): string | undefined {
  const { length } = [...text];
  if (text.trim() === '' || length > LONGEST_FULL_NAME) {
    return `must be 1 to ${LONGEST_FULL_NAME} characters`;
  }
  return UNPRINTABLE.test(text) ? 'must be one line without control characters' : undefined;
}
