import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import {
  clearCookie,
  ownCookie,
  readCookie,
  setCookie,
} from '../../../src/platform/http/cookies.js';

const PLAIN = ownCookie('seat', 'http://localhost:3000');
const SAFE = ownCookie('seat', 'https://auth.example.com');

describe('cookies', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['no cookie', undefined, undefined],
    ['nothing in it', '', undefined],
    ['others', 'a=1; b=2', undefined],
    ['ours', 'seat=one', 'one'],
    ['ours among others', 'a=1; seat=one; b=2', 'one'],
    ['without spaces', 'a=1;seat=one;b=2', 'one'],
    ['two of one name', 'seat=one; seat=two', undefined],
    ['twice the same', 'seat=one; a=1; seat=one', undefined],
    ['one with the prefix beside it', 'seat=one; __Host-seat=two', 'one'],
    ['another case', 'Seat=one', undefined],
    ['a longer name', 'seats=one', undefined],
    ['the name in another’s value', 'a=seat=one', undefined],
    ['no value', 'seat', undefined],
    ['an empty value', 'seat=', ''],
  ])('reads of %s', (_what, cookie, value) => {
    const headers = cookie === undefined ? {} : { cookie };
    expect(readCookie({ headers }, PLAIN)).toBe(value);
  });

  it('reads with https only what has the prefix, which no other host can set', () => {
    expect(readCookie({ headers: { cookie: 'seat=one' } }, SAFE)).toBeUndefined();
    expect(readCookie({ headers: { cookie: 'seat=one; __Host-seat=two' } }, SAFE)).toBe('two');
  });

  it('sets several at once, for a time or until the browser is closed, and takes one away', async () => {
    const server = fastify();
    server.get('/', (_request, reply) => {
      setCookie(reply, PLAIN, 'one');
      setCookie(reply, SAFE, 'two', 60);
      clearCookie(reply, SAFE);
      return 'done';
    });
    const { headers } = await server.inject('/');
    expect(headers['set-cookie']).toEqual([
      'seat=one; Path=/; HttpOnly; SameSite=Lax',
      '__Host-seat=two; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-seat=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
    await server.close();
  });
});
