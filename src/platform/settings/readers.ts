import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

/** Any text, exactly as given. */
export const anyText: Reader<string> = { takes: 'text', read: (text) => text };

/** Plain digits only: `1e3`, `+5`, `0x10`, `05` and ` 5` are more likely slips than numbers. */
export const wholeNumber: Reader<number> = {
  takes: 'a whole number',
  read(text) {
    if (!/^(0|[1-9]\d*)$/.test(text)) throw new Unreadable('is not a whole number in plain digits');
    return Number(text);
  },
};

/** Only these two words: a `false` that is read as true has opened many a door. */
export const onOff: Reader<boolean> = {
  takes: 'on or off',
  read(text) {
    if (text !== 'on' && text !== 'off') throw new Unreadable('is neither on nor off');
    return text === 'on';
  },
};

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return {
    takes: `one of ${words.join(', ')}`,
    read(text) {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new Unreadable('is none of the words it knows');
      return word;
    },
  };
}

/**
 * A comma list; spaces around an entry do not count.
 *
 * @param wrong what is wrong with an entry, without quoting it
 */
export function listOf(
  takes: string,
  wrong: (entry: string) => string | undefined = () => undefined,
): Reader<readonly string[]> {
  return {
    takes,
    read(text) {
      const entries = text.split(',').map((entry) => entry.trim());
      entries.forEach((entry, index) => {
        const reason = entry === '' ? 'is empty' : wrong(entry);
        if (reason) throw new Unreadable(`has a list of which entry ${index + 1} ${reason}`);
      });
      return Object.freeze(entries);
    },
  };
}
