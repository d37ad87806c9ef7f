import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRequest, OAuthError } from '../../src/protocol/errors.js';
import { decodeForm, decodeFormValue } from '../../src/protocol/form.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('decodeForm', () => {
  it('decodes the example of RFC 6749 appendix B', () => {
    expect(decodeFormValue('+%25%26%2B%C2%A3%E2%82%AC')).toBe(' %&+£€');
  });

  it.each<[string, Array<[string, string]>]>([
    [
      'a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=b', [['', 'b']]],
    ['', []],
    ['&&a=1&&', [['a', '1']]],
    ['a=x+y%20z', [['a', 'x y z']]],
    ['a%3Db=c%26d', [['a=b', 'c&d']]],
    ['a=%2541', [['a', '%41']]],
    ['a=é', [['a', 'é']]],
    ['a=%C3%A9', [['a', 'é']]],
    ['a=%00', [['a', '\0']]],
    ['a=1;b=2', [['a', '1;b=2']]],
    ['a[b]=c', [['a[b]', 'c']]],
    ['\ufeffa=1', [['\ufeffa', '1']]],
  ])('%j is %j', (form, pairs) => {
    expect(decodeForm(bytes(form))).toEqual(pairs);
  });

  it.each(['%', '%4', '%zz', 'a=%ff', 'a=%C3', 'a=%ED%A0%80', 'a=%C0%80', '%E0%80%80=x'])(
    'refuses %s, repairing nothing',
    (form) => {
      expect(() => decodeForm(bytes(form))).toThrow(InvalidRequest);
    },
  );

  it.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]]])(
    'refuses bytes that are no UTF-8: %j',
    (raw) => {
      expect(() => decodeForm(Uint8Array.from(raw))).toThrow(InvalidRequest);
    },
  );

  it('reads back whatever a browser encodes', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const sent = pairs.filter(([name, value]) => name !== '' || value !== '');
        expect(decodeForm(bytes(new URLSearchParams(sent).toString()))).toEqual(sent);
      }),
    );
  });

  it('throws nothing but OAuthError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        try {
          decodeForm(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
