import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsersService } from '../../../src/users/users.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { askToken, INCORRECT, oauthError } from '../../support/oauth.js';

const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';

describe('username and password at POST /token', () => {
  let service: TestApp;
  const token = (fields: Record<string, string>) => askToken(service.url, fields);
  const withUser = (username: string, password: string) =>
    service.app.get(UsersService).create({ username, password });

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  describe('username', () => {
    it.each(['JOHNDOE', 'JohnDoe', 'ｊｏｈｎｄｏｅ'])('%s is johndoe', async (username) => {
      expect((await token({ username })).status).toBe(200);
    });

    it('is the same in NFC and NFD, whichever it was made in', async () => {
      await withUser(`${NFC}-one`, 'password-1');
      await withUser(`${NFD}-two`, 'password-2');
      for (const form of [NFC, NFD]) {
        expect((await token({ username: `${form}-one`, password: 'password-1' })).status).toBe(200);
        expect((await token({ username: `${form}-two`, password: 'password-2' })).status).toBe(200);
      }
    });

    it.each([
      ['NUL', 'johndoe\0'],
      ['NUL alone', '\0'],
      ['a control character', 'john\u0007doe'],
      ['a line break', 'johndoe\n'],
      ['a space before', ' johndoe'],
      ['a space after', 'johndoe '],
      ['a direction character', '\u202ejohndoe'],
      ['an invisible character', 'john\u200bdoe'],
      ['a byte order mark', '\ufeffjohndoe'],
      ['a wildcard', 'john%'],
      ['a quote', "johndoe' OR '1'='1"],
      ['65 characters', 'j'.repeat(65)],
      ['60,000 characters', 'j'.repeat(60_000)],
      ['an e-mail address', 'johndoe@example.com'],
    ])('with %s is nobody: the ordinary 401', async (_what, username) => {
      expect(await token({ username })).toMatchObject(INCORRECT);
    });
  });

  describe('password', () => {
    it.each([
      ['NUL after it', 'secret\0'],
      ['NUL and itself again, which plain bcrypt repeats', 'secret\0secret'],
      ['NUL alone', '\0'],
      ['a control character after it', 'secret\u0007'],
      ['a space after it', 'secret '],
      ['a space before it', ' secret'],
      ['another case', 'SECRET'],
      ['a byte order mark before it', '\ufeffsecret'],
    ])('with %s is wrong: nothing is trimmed or cut', async (_what, password) => {
      expect(await token({ password })).toMatchObject(INCORRECT);
    });

    it.each([
      ['of 1,000 characters', 'x'.repeat(1000)],
      ['of 1,024 characters', 'y'.repeat(1024)],
      ['of 64 emoji', '🔑'.repeat(64)],
      ['of 1,024 emoji', '🔑'.repeat(1024)],
      ['of spaces', '          '],
      ['of form characters', 'a+b&c=d%20e;f'],
      ['with NUL and controls', 'a\0b\u0001c'],
    ])('%s works, to its last character', async (what, password) => {
      const username = `user-${what.replaceAll(/\W/g, '-')}`;
      await withUser(username, password);
      expect((await token({ username, password })).status).toBe(200);
      const cut = [...password].slice(0, -1).join('');
      expect(await token({ username, password: cut })).toMatchObject(INCORRECT);
    });

    it.each([
      ['1,025 characters', 'x'.repeat(1025)],
      ['1,025 emoji', '🔑'.repeat(1025)],
    ])('of %s is 400 and named, for known and unknown users alike', async (_what, password) => {
      const tooLong = oauthError(400, 'invalid_request', /^password .*1024/);
      expect(await token({ password })).toMatchObject(tooLong);
      expect(await token({ username: 'nobody', password })).toMatchObject(tooLong);
    });

    it('is counted in NFC: 1,024 letters of two code points each are not too long', async () => {
      await withUser('composed', '\u00e9'.repeat(1024));
      const answer = await token({ username: 'composed', password: 'e\u0301'.repeat(1024) });
      expect(answer.status).toBe(200);
    });

    it('is the same in NFC and NFD, whichever it was made in', async () => {
      await withUser('made-in-nfc', NFC);
      await withUser('made-in-nfd', NFD);
      for (const username of ['made-in-nfc', 'made-in-nfd']) {
        for (const password of [NFC, NFD]) {
          expect((await token({ username, password })).status).toBe(200);
        }
      }
    });
  });
});
