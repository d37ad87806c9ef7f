import { describe, expect, it } from 'vitest';
import { normalizeUsername, usernameFault, usernameKey } from '../../src/users/username.js';

describe('a username', () => {
  it.each([
    ['letters of any script', 'Ångström'],
    ['CJK', '山田太郎'],
    ['digits and signs', 'j.doe-42_x'],
    ['64 characters', 'x'.repeat(64)],
    ['64 emoji, which are one character each', '😀'.repeat(64)],
  ])('may be %s', (_what, name) => {
    expect(usernameFault(name)).toBeUndefined();
  });

  it.each([
    ['empty', ''],
    ['over 64 characters', 'x'.repeat(65)],
    ['over 64 characters only after NFKC', 'ﷺ'.repeat(4)],
    ['holding a space', 'john doe'],
    ['holding a no-break space', 'john\u00a0doe'],
    ['holding a line break', 'john\ndoe'],
    ['holding NUL', 'john\0doe'],
    ['holding a direction mark', 'john\u202edoe'],
    ['holding a zero-width joiner', 'john\u200ddoe'],
    ['holding an invisible filler', 'john\u3164doe'],
    ['a lone surrogate', '\ud800'],
    ["holding an @, which is for one's own e-mail", 'john@example.com'],
  ])('is refused when %s', (_what, name) => {
    expect(usernameFault(name)).toMatch(/^(must|may)/);
  });

  it("may be the account's own e-mail, in any case", () => {
    expect(usernameFault('John@Example.com', 'john@example.com')).toBeUndefined();
    expect(usernameFault('john@example.com', 'other@example.com')).toBeDefined();
  });

  it.each([
    ['case', 'JohnDoe', 'johndoe'],
    ['normal form', 'e\u0301milie', '\u00e9milie'],
    ['width', 'ｊｏｈｎ', 'john'],
    ['ß and ss', 'straße', 'STRASSE'],
    ['final sigma', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['dotless i, so that it cannot pose as i', 'admın', 'admin'],
    ['long s', 'adminiſtrator', 'Administrator'],
  ])('is the same without regard to %s', (_what, one, other) => {
    expect(usernameKey(one)).toBe(usernameKey(other));
  });

  it('is kept as typed, in NFKC', () => {
    expect(normalizeUsername('Ｊohn')).toBe('John');
  });
});
