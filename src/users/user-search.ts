import { Brackets, type Repository } from 'typeorm';
import type { User } from './user.entity.js';

/** What stands for more than itself: of GLOB exactly this, as in brackets a few others do as well. */
const SPECIAL_IN_GLOB = /[*?[]/;
/** PostgreSQL takes a backslash before any of these. */
const SPECIAL_IN_REGEX = /[!-/:-@[-`{-~]/;

/**
 * That a text is part of the username, the e-mail address or the full name. Both databases know case
 * beyond ASCII by their locale alone, if at all, so the pattern itself names each letter in either case.
 */
export function contains(users: Repository<User>, text: string): Brackets {
  const isSqlite = users.manager.connection.options.type === 'sqlite';
  const [operator, pattern] = isSqlite ? ['GLOB', globOf] : ['~', regexOf];
  const matches = (column: string, parameter: string) =>
    `${users.metadata.tableName}.${column} ${operator} :${parameter}`;
  return new Brackets((where) =>
    where
      .where(matches('username', 'inName'), { inName: pattern(text.normalize('NFKC')) })
      .orWhere(matches('email', 'inText'), { inText: pattern(text.normalize('NFC')) })
      .orWhere(matches('full_name', 'inText')),
  );
}

function globOf(text: string): string {
  const one = (it: string) => (SPECIAL_IN_GLOB.test(it) ? `[${it}]` : inEitherCase(it));
  return `*${[...text].map(one).join('')}*`;
}

function regexOf(text: string): string {
  const one = (it: string) => (SPECIAL_IN_REGEX.test(it) ? `\\${it}` : inEitherCase(it));
  return [...text].map(one).join('');
}

/** As a class of one character, which both databases write alike. */
function inEitherCase(character: string): string {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  const forms = new Set([character, lower, upper, upper.toLowerCase()]);
  const single = [...forms].filter((form) => [...form].length === 1);
  return single.length > 1 ? `[${single.join('')}]` : character;
}
