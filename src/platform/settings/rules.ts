import { Rule } from './setting.decorator.js';

type Environment = 'development' | 'production' | 'test';

/** A password longer than this is work for whoever sends it, not safety. */
export const LONGEST_PASSWORD = 1024;

/** @param testsFrom a lower end that is allowed when NODE_ENV=test */
export function Within(from: number, to: number, { testsFrom }: { testsFrom?: number } = {}) {
  const range = `${from} to ${to}`;
  const limit = testsFrom === undefined ? range : `${range} (from ${testsFrom} if NODE_ENV=test)`;
  return Rule<number, { NODE_ENV: Environment }>(limit, (value, { NODE_ENV }) => {
    if (value === undefined) return undefined;
    const least = NODE_ENV === 'test' ? (testsFrom ?? from) : from;
    if (value < least) return `is below ${least}`;
    return value > to ? `is above ${to}` : undefined;
  });
}

export function NotBelow<K extends string>(other: K) {
  return Rule<number, { readonly [name in K]: number }>(`not below ${other}`, (value, settings) => {
    const least: number | undefined = settings[other];
    if (value === undefined || least === undefined) return undefined;
    return value < least ? `is below ${other}` : undefined;
  });
}

export function RequiredWith<K extends string, const W extends string>(other: K, word: W) {
  const condition = `${other}=${word}`;
  return Rule<unknown, { readonly [name in K]: string }>(
    `required with ${condition}`,
    (value, settings) =>
      value === undefined && settings[other] === word
        ? `is not set, and ${condition} needs it`
        : undefined,
  );
}

export function RequiredBeside<K extends string>(other: K) {
  return Rule<unknown, { readonly [name in K]: unknown }>(
    `required where ${other} is set`,
    (value, settings) =>
      value === undefined && settings[other] !== undefined
        ? `is not set, and ${other} needs it`
        : undefined,
  );
}

export function OnlyWith<K extends string, const W extends string>(other: K, word: W) {
  const condition = `${other}=${word}`;
  return Rule<unknown, { readonly [name in K]: string }>(
    `only with ${condition}`,
    (value, settings) => {
      const actual: string | undefined = settings[other];
      if (value === undefined || actual === undefined || actual === word) return undefined;
      return `is set, but only ${condition} uses it`;
    },
  );
}

/** Tokens and passwords travel in the clear otherwise. RFC 8414 §2, RFC 6749 §10.9. */
export function HttpsInProduction() {
  return Rule<string, { NODE_ENV: Environment }>(
    'https when NODE_ENV=production',
    (value, { NODE_ENV }) =>
      NODE_ENV === 'production' && value?.startsWith('http:')
        ? 'is http (as is its default), and production needs https'
        : undefined,
  );
}

/** @param weak why one of the secrets is no good, continuing "is" */
export function Strong(limit: string, weak: (secret: string) => string | undefined) {
  return Rule<readonly string[]>(limit, (secrets = []) => {
    for (const [index, secret] of secrets.entries()) {
      const reason = weak(secret);
      if (reason) return `has a secret (number ${index + 1} of its list) that is ${reason}`;
    }
    return undefined;
  });
}

/** What an Authorization header can carry. RFC 6750 §2.1. */
export function BearerText(least: number) {
  return Rule<string>(`${least} or more of the characters A-Z a-z 0-9 - . _ ~ + / =`, (value) => {
    if (value === undefined) return undefined;
    if (!/^[\w.~+/-]+=*$/.test(value)) return 'has a character that no Bearer token has';
    return value.length < least ? `is shorter than ${least} characters` : undefined;
  });
}

/** The shape only; that the name is free, the users' own code decides. */
export function Username() {
  return Rule<string>(
    '1 to 64 characters without space, control or direction characters or @',
    (value) => {
      if (value === undefined) return undefined;
      const name = value.normalize('NFKC');
      if ([...name].length > 64) return 'is longer than 64 characters';
      if (/[\p{C}\p{Z}@]/u.test(name)) return 'has a character that a username may not have';
      return undefined;
    },
  );
}

export function PasswordLength() {
  return Rule<string, { PASSWORD_MIN_LENGTH: number }>(
    `PASSWORD_MIN_LENGTH to ${LONGEST_PASSWORD} characters`,
    (value, settings) => {
      if (value === undefined) return undefined;
      const least: number | undefined = settings.PASSWORD_MIN_LENGTH;
      const { length } = [...value.normalize('NFC')];
      if (least !== undefined && length < least) return 'is shorter than PASSWORD_MIN_LENGTH';
      return length > LONGEST_PASSWORD
        ? `is longer than ${LONGEST_PASSWORD} characters`
        : undefined;
    },
  );
}
