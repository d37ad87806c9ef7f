import { withoutInvisible } from './resemblance.js';

let passwords: ReadonlySet<string> | undefined;

/**
 * Whether a password is among the 49,000 that are used most, of which 18,000 have 8 characters or more.
 * The list is read when the first password is set (2 MB), as most processes never need it.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  passwords ??= await load();
  return passwords.has(withoutInvisible(password.normalize('NFKC')).toLowerCase());
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
