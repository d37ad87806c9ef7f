import { describe, expect, it } from 'vitest';
import { addressKey, bareAddress } from '../../../src/platform/http/address.js';

describe('an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['1.2.3.4:5678', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    [`fe80::1%${'a'.repeat(60)}`, 'fe80::1'],
    ['garbage', null],
    [undefined, null],
    ['', null],
    ['1.2.3', null],
  ])('%j is %j without port, brackets and zone', (text, address) => {
    expect(bareAddress(text)).toBe(address);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:0db8:0000:0000:1::'],
    ['::1', '::2'],
    ['1.2.3.4', '1.2.3.4:99'],
    ['1.2.3.4', '::FFFF:1.2.3.4'],
    ['garbage', 'other garbage'],
    [undefined, 'garbage'],
  ])('%s is counted with %s', (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other));
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['1.2.3.4', '1.2.3.5'],
    ['::1', '1::1'],
  ])('%s is not counted with %s', (one, other) => {
    expect(addressKey(one)).not.toBe(addressKey(other));
  });
});
