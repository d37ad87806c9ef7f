import { isTooLong, PASSWORD_MAX_CHARACTERS } from './password-hash.js';

/**
 * What keeps a text from being a new password. NIST 800-63B §5.1.1.2: length counts, composition does not.
 *
 * @param minLength characters
 * @returns undefined when it is good
 */
export function passwordFault(password: string, minLength: number): string | undefined {
  if (!password.isWellFormed()) return 'must be valid Unicode';
  if (isTooLong(password)) return `must be at most ${PASSWORD_MAX_CHARACTERS} characters`;
  if ([...password.normalize('NFC')].length < minLength) {
    return `must be at least ${minLength} characters`;
  }
  return undefined;
}
