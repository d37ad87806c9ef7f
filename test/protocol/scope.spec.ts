import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidScope } from '../../src/protocol/errors.js';
import { describeScope, formatScope, missingScopes, parseScope } from '../../src/protocol/scope.js';

/** %x21 / %x23-5B / %x5D-7E of RFC 6749 §3.3. */
const ALLOWED = Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code)).filter(
  (char) => char > ' ' && char !== '"' && char !== '\\',
);

describe('parseScope', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['a', ['a']],
    ['a b', ['a', 'b']],
    ['b a', ['b', 'a']],
    [' a  b ', ['a', 'b']],
    ['a a b a', ['a', 'b']],
    ['A a', ['A', 'a']],
    ['tasks:read https://example.com/x?y=z#!', ['tasks:read', 'https://example.com/x?y=z#!']],
  ])('%j is %j', (text, tokens) => {
    expect(parseScope(text)).toEqual(tokens);
  });

  it.each(ALLOWED)('%s is a scope (RFC 6749 §3.3)', (char) => {
    expect(parseScope(char)).toEqual([char]);
  });

  it.each(['"', '\\', '\t', '\n', '\r', '\0', '\x7f', '\xa0', 'é', '\u2028', '😀', '\ud800'])(
    '%j is in no scope (RFC 6749 §3.3)',
    (char) => {
      for (const text of [char, `a${char}`, `${char}a`, `a ${char} b`]) {
        expect(() => parseScope(text)).toThrow(InvalidScope);
      }
    },
  );

  it('either throws InvalidScope or reads what formatScope writes back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const tokens = parseScope(text);
          expect(parseScope(formatScope(tokens))).toEqual(tokens);
          expect(new Set(tokens).size).toBe(tokens.length);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidScope);
        }
      }),
    );
  });
});

describe('describeScope', () => {
  it('stays inside the characters of error_description, whatever is asked (RFC 6749 §5.2)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (token) => {
        expect(describeScope(token)).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,100}$/);
      }),
    );
  });

  it.each([
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['', false],
    ['a b', false],
  ])('quotes %j: %s', (token, quoted) => {
    expect(describeScope(token).includes(` ${token} `)).toBe(quoted);
  });
});

describe('missingScopes', () => {
  it.each([
    [['a', 'b'], ['a', 'b'], []],
    [['a', 'b'], ['b'], ['a']],
    [[], ['a'], []],
    [['a'], [], ['a']],
    [['a'], ['A'], ['a']],
  ])('of %j beside %j are %j', (wanted, allowed, missing) => {
    expect(missingScopes(wanted, allowed)).toEqual(missing);
  });
});
