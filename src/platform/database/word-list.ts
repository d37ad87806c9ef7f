import type { ValueTransformer } from 'typeorm';

/** A list of words without spaces in one text column, as a scope is written. */
export const wordList: ValueTransformer = {
  to: (words: unknown) => (Array.isArray(words) ? words.join(' ') : words),
  from: (stored: unknown) =>
    typeof stored === 'string' ? stored.split(' ').filter((word) => word !== '') : stored,
};
