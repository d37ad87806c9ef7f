import { describe, expect, it } from 'vitest';
import { PasswordPolicy } from '../../src/users/password-policy.js';

const OWNER = {
  username: 'johndoe',
  email: 'j.doe@example.com',
  fullName: 'Jonathan van der Doe',
};
const policy = new PasswordPolicy({ PASSWORD_MIN_LENGTH: 8 });
const faultOf = (password: string, owner = OWNER) => policy.faultOf(password, owner);

describe('the password policy (NIST SP 800-63B §5.1.1.2)', () => {
  it.each([
    'a garden in the rain',
    'zvxqkjwp',
    '73914682',
    'ÄÖÜäöüßé',
    '👍🌍🚀🍕🎸🦊🐙🌵',
    'hallpass for my garden',
    'johndoe likes rain',
    '          rain',
    'x'.repeat(1023) + 'y',
  ])('takes %j, whatever it is composed of', async (password) => {
    expect(await faultOf(password)).toBeUndefined();
  });

  it.each([
    ['7 characters', 'zvxqkjw', /at least 8 characters/],
    ['8 characters before NFC, 4 after', 'e\u0301o\u0301a\u0301u\u0301', /at least 8 characters/],
    ['1,025 characters', 'zvxqk'.repeat(205), /at most 1024 characters/],
    ['half a character', 'zvxqkjwp\ud800', /valid Unicode/],
  ])('refuses %s', async (_what, password, fault) => {
    expect(await faultOf(password)).toMatch(fault);
  });

  it.each([
    'password',
    'iloveyou1',
    'QWERTYUIOP',
    '1q2w3e4r5t',
    '11111111',
    'trustno1',
    'ｐassword',
  ])('refuses %j, which is tried first', async (password) => {
    expect(await faultOf(password)).toMatch(/most common passwords/);
  });

  it.each([
    'johndoe1',
    'JohnDoe!',
    '123johndoe456',
    'johndoejohndoe',
    'j.doe@example.com',
    'J.Doe2024',
    'jonathan',
    'Jonathan1999',
    'jonathanvanderdoe',
    'Jonathan van der Doe',
    'hallpass',
    'Hallpass2026!',
    'hallpasshallpass',
    'ｈａｌｌｐａｓｓ',
  ])('refuses %j, which is a name with little about it', async (password) => {
    expect(await faultOf(password)).toMatch(/must not be the name/);
  });

  it.each(['        ', '\u200b'.repeat(8), ' \u00ad\u200b \ufeff   '])(
    'refuses %j, of which nothing is seen',
    async (password) => {
      expect(await faultOf(password)).toMatch(/spaces and invisible/);
    },
  );

  it.each(['pass\u200bword', 'john\u00addoe1'])('sees through %j', async (password) => {
    expect(await faultOf(password)).toMatch(/most common|must not be the name/);
  });

  it('looks at nothing that a name of one letter would be found in', async () => {
    const owner = { username: 'a', email: 'b@example.com', fullName: 'C D' };
    expect(await faultOf('98765a12', owner)).toBeUndefined();
  });

  it('knows owners without an address or a full name', async () => {
    const owner = { username: 'johndoe', email: null, fullName: undefined };
    expect(await policy.faultOf('a garden in the rain', owner)).toBeUndefined();
    expect(await policy.faultOf('johndoe123', owner)).toMatch(/must not be the name/);
  });

  it('asks for as many characters as the setting says', async () => {
    const strict = new PasswordPolicy({ PASSWORD_MIN_LENGTH: 12 });
    expect(await strict.faultOf('zvxqkjwpghm', OWNER)).toMatch(/at least 12 characters/);
    expect(await strict.faultOf('zvxqkjwpghmb', OWNER)).toBeUndefined();
  });

  it('takes no longer for a text that was made to be slow', async () => {
    const slow = ['1'.repeat(1023) + 'a', 'ab'.repeat(511) + 'c', 'ﷺ'.repeat(1024)];
    for (const password of slow) {
      const start = performance.now();
      await faultOf(password);
      expect(performance.now() - start).toBeLessThan(500);
    }
  });
});
