import { emailFault } from './profile.js';

const LONGEST = 64;

/** UTF-16 units as sent. Normalising is slow where combining marks pile up, and anyone may send a name. */
const LONGEST_AS_SENT = 4 * LONGEST;

/** Control, format and direction characters, spaces, lone surrogates, and all that shows as nothing. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** The form in which a username is kept and shown: NFKC. */
export function normalizeUsername(text: string): string {
  return text.normalize('NFKC');
}

/** The form in which usernames are compared, without regard to case; upper case first, as ß and ſ only fold there. */
export function usernameKey(username: string): string {
  return normalizeUsername(normalizeUsername(username).toUpperCase().toLowerCase());
}

/**
 * What keeps a text from being a username.
 *
 * @param email the account's own address, which alone may be a username with an @
 * @returns undefined when it is good
 */
export function usernameFault(text: string, email?: string): string | undefined {
  if (text.length > LONGEST_AS_SENT) return `must be 1 to ${LONGEST} characters`;
  const username = normalizeUsername(text);
  const length = [...username].length;
  if (length < 1 || length > LONGEST) return `must be 1 to ${LONGEST} characters`;
  if (FORBIDDEN.test(username)) return 'must hold no space, control or invisible character';
  // First whether it is an address at all: comparing a text of any length would take a second.
  const isOwnEmail =
    email !== undefined &&
    emailFault(email) === undefined &&
    usernameKey(email) === usernameKey(username);
  if (username.includes('@') && !isOwnEmail)
    return "may hold an @ only if it is the account's e-mail";
  return undefined;
}
