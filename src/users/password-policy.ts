import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings/settings.js';
import { isCommonPassword } from './common-passwords.js';
import { isTooLong, PASSWORD_MAX_CHARACTERS } from './password-hash.js';
import { isWrittenAs } from './resemblance.js';

/** Whose password it is to be: what anybody who knows the person tries first. */
export interface PasswordOwner {
  readonly username: string;
  readonly email?: string | null | undefined;
  readonly fullName?: string | null | undefined;
}

const PRODUCT = 'hallpass';

/** What is neither a space nor shows as nothing. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

/**
 * What a new password must be, wherever one is set. NIST SP 800-63B §5.1.1.2: length counts and what is
 * easily guessed is refused, but nobody is told to mix digits into it.
 */
@Injectable()
export class PasswordPolicy {
  constructor(@Inject(Settings) private readonly settings: Pick<Settings, 'PASSWORD_MIN_LENGTH'>) {}

  /** @returns what is wrong with it, undefined when it is good */
  async faultOf(password: string, owner: PasswordOwner): Promise<string | undefined> {
    const { PASSWORD_MIN_LENGTH: min } = this.settings;
    if (!password.isWellFormed()) return 'must be valid Unicode';
    if (isTooLong(password)) return `must be at most ${PASSWORD_MAX_CHARACTERS} characters`;
    if ([...password.normalize('NFC')].length < min) return `must be at least ${min} characters`;
    if (!VISIBLE.test(password)) return 'must not be of spaces and invisible characters alone';
    if (wordsOf(owner).some((word) => isWrittenAs(word, password))) {
      return 'must not be the name or the e-mail address of its owner, nor the name of this service';
    }
    if (await isCommonPassword(password)) {
      return 'is one of the most common passwords, which are tried first; take another';
    }
    return undefined;
  }
}

function wordsOf({ username, email, fullName }: PasswordOwner): string[] {
  const names = fullName ? [fullName, ...fullName.split(/\s+/)] : [];
  const addresses = email ? [email, email.slice(0, email.lastIndexOf('@'))] : [];
  return [PRODUCT, username, ...names, ...addresses];
}
