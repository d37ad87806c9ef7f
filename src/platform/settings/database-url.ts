import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

export const MEMORY_DATABASE = 'sqlite::memory:';

/** Where the data lives; checked here because a driver's own message may quote the password. */
export const databaseUrl: Reader<string> = {
  takes: 'sqlite: and a path, sqlite::memory:, or postgres://user:password@host:5432/name',
  read(text) {
    const wrong = text.startsWith('sqlite:') ? wrongFile(text) : wrongServer(text);
    if (wrong) throw new Unreadable(wrong);
    return text;
  },
};

function wrongFile(text: string): string | undefined {
  if (text === MEMORY_DATABASE) return undefined;
  const path = text.slice('sqlite:'.length);
  if (path.trim() === '') return 'names no file';
  if (path.startsWith('//')) return 'has slashes after sqlite: that are no part of a path';
  if (path.startsWith(':')) return 'is not sqlite::memory: and no path either';
  if (path.includes('?')) return 'has options after its path, which are not read';
  return undefined;
}

function wrongServer(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(text)) return 'names a database that Hallpass does not know';
  // A bare # in a password would silently cut the address short.
  if (text.includes('#')) return 'has a bare # (in a password it is written %23)';
  if (/\s/.test(text) || !URL.canParse(text)) return 'is not a URL (is the password encoded?)';
  const { username, password, pathname } = new URL(text);
  try {
    decodeURIComponent(username + password + pathname);
    return undefined;
  } catch {
    return 'has a percent sign that encodes nothing (in a password it is written %25)';
  }
}
