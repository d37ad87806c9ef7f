import { describe, expect, it } from 'vitest';
import { printable, table, toJson } from '../../src/cli/output.js';

describe('what a command prints', () => {
  it('holds nothing that a terminal obeys', () => {
    expect(printable('a\x1b[31mb\u009Bc\u202Ed\ne')).toBe(
      'a\u{FFFD}[31mb\u{FFFD}c\u{FFFD}d\u{FFFD}e',
    );
  });

  it('aligns its columns, wide and combining characters included', () => {
    expect(
      table([
        ['NAME', 'ROLE'],
        ['zoe\u0308', 'user'],
        ['太郎', 'admin'],
        ['a', ''],
      ]),
    ).toBe(['NAME  ROLE', 'zoe\u0308   user', '太郎  admin', 'a'].join('\n'));
  });

  it('escapes in JSON what JSON.stringify leaves raw, and stays the same JSON', () => {
    const value = [{ full_name: 'a\x1b\x7f\u009B\u202E\u{E0001}\n' }];
    const json = toJson(value);
    expect(json).not.toMatch(/[^\n\x20-\x7E]/);
    expect(JSON.parse(json)).toEqual(value);
  });
});
