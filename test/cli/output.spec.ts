import { describe, expect, it } from 'vitest';
import { PassThrough } from 'node:stream';
import { printable, table, toJson } from '../../src/cli/output.js';
import { paint } from '../../src/cli/paint.js';
import { jsonList, print, tableOf } from '../../src/cli/stream.js';

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

describe('a list that is printed as it is read', () => {
  const ROWS = [
    ['太郎', 'admin'],
    ['a', ''],
    ['alice in a long column', 'user\u009B'],
  ];
  async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
    yield* items;
  }
  async function text(pieces: AsyncIterable<string>): Promise<string> {
    let all = '';
    for await (const piece of pieces) all += piece;
    return all;
  }

  it('is the very table, and the very JSON, of one that is printed at once', async () => {
    const heading = ['NAME', 'ROLE'];
    expect(await text(tableOf(heading, () => each(ROWS), 'None'))).toBe(
      `${table([heading, ...ROWS])}\n`,
    );
    expect(await text(tableOf(heading, () => each([]), 'None'))).toBe('None\n');
    const lists: readonly (readonly unknown[])[] = [
      [],
      [{ a: 1, b: ['\u001b', null] }],
      [{ a: { b: 'c' } }, {}, 2],
    ];
    for (const list of lists) {
      expect(await text(jsonList(each(list)))).toBe(`${toJson(list)}\n`);
    }
  });

  it('waits for whoever reads slowly, and stops when they leave', async () => {
    const stdout = new PassThrough({ highWaterMark: 1 });
    let read = 0;
    async function* endless() {
      for (;;) yield `${(read += 1)}`.padEnd(20_000);
    }
    const printing = print(endless(), stdout);
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBe(1);
    stdout.on('error', () => undefined);
    stdout.destroy(Object.assign(new Error('left'), { code: 'EPIPE' }));
    await printing;
    expect(read).toBeLessThan(4);
  });
});

describe('a colour', () => {
  it('is only where a terminal shows it', () => {
    expect(paint('red', 'a', new PassThrough())).toBe('a');
  });
});
