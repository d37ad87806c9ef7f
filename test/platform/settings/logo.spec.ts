import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { faultsOf } from './faults.js';

const XMLNS = 'xmlns="http://www.w3.org/2000/svg"';
const SQUARE = `<svg ${XMLNS} viewBox="0 0 10 10"/>`;

/** The beginning of a PNG, which is all that is looked at. */
function png(width: number, height: number): Buffer {
  const file = Buffer.alloc(24);
  file.write('89504e470d0a1a0a0000000d49484452', 'hex');
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
}

describe('BRAND_LOGO', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hallpass-logo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function path(content: string | Buffer): string {
    const file = join(folder, 'logo');
    writeFileSync(file, content);
    return file;
  }
  const logoOf = (content: string | Buffer) =>
    loadSettings({ BRAND_LOGO: path(content) }).BRAND_LOGO;

  it('becomes a data: URI of its kind, told by what is in the file and not by its name', () => {
    const file = png(1, 1);
    expect(logoOf(file)?.source).toBe(`data:image/png;base64,${file.toString('base64')}`);
    const encoded = Buffer.from(SQUARE).toString('base64');
    expect(logoOf(SQUARE)?.source).toBe(`data:image/svg+xml;base64,${encoded}`);
  });

  it.each([
    ['a declaration', `<?xml version="1.0" encoding="UTF-8"?>\n${SQUARE}`],
    ['a byte order mark', `\uFEFF${SQUARE}`],
    ['a comment with < and > in it', `<!-- made <by> hand -->\n${SQUARE}`],
    ['a document type', `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">${SQUARE}`],
    ['a document type with entities', `<!DOCTYPE svg [\n<!ENTITY a "b">\n]>${SQUARE}`],
    ['lines within the root', `<svg\n  ${XMLNS}\n  viewBox="0 0 1 1"\n></svg>`],
  ])('may be an SVG with %s', (_what, text) => {
    expect(logoOf(text)?.source).toMatch(/^data:image\/svg\+xml;base64,/);
  });

  it.each([
    [png(199, 100), false],
    [png(200, 100), true],
    [png(200, 0), false],
    [`<svg ${XMLNS} viewBox="0 0 200 100"/>`, true],
    [`<svg ${XMLNS} viewBox="-5,-5,100,100" width="300" height="100"/>`, false],
    [`<svg ${XMLNS} width="300px" height="100"/>`, true],
    [`<svg ${XMLNS} width="300" height="200"/>`, false],
    [`<svg ${XMLNS} stroke-width="300" height="100"/>`, false],
    [`<svg ${XMLNS}/>`, false],
  ])('%# is wide, and has the name in it, from twice its height on', (content, isWide) => {
    expect(logoOf(content)?.isWide).toBe(isWide);
  });

  it.each([
    ['is neither', 'hello', 'is neither SVG nor PNG'],
    ['is a web page with an SVG in it', `<!doctype html>${SQUARE}`, 'is neither SVG nor PNG'],
    ['is a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), 'is neither SVG nor PNG'],
    ['is empty', '', 'is neither SVG nor PNG'],
    ['is an SVG that browsers draw nothing of', '<svg viewBox="0 0 1 1"/>', 'has no xmlns='],
    ['is a PNG cut short', png(1, 1).subarray(0, 20), 'ends too early'],
    ['is too large', `${SQUARE}${' '.repeat(65_536)}`, 'is larger than 64 KiB'],
  ])('refuses a file that %s, and says so', (_what, content, words) => {
    const faults = faultsOf({ BRAND_LOGO: path(content) });
    expect(faults).toEqual([expect.stringContaining(words)]);
    expect(faults[0]).toContain('it takes the path of an SVG or PNG file of at most 64 KiB');
    expect(faults[0]).not.toContain(folder);
  });

  it('takes 64 KiB, and a link to a file, but no folder and no device', () => {
    const largest = path(`${SQUARE}${' '.repeat(65_536 - SQUARE.length)}`);
    const link = join(folder, 'link');
    symlinkSync(largest, link);
    expect(faultsOf({ BRAND_LOGO: link })).toEqual([]);
    for (const bad of [folder, '/dev/null', join(folder, 'none')]) {
      expect(faultsOf({ BRAND_LOGO: bad })).toEqual([
        expect.stringContaining('names a file that cannot be read'),
      ]);
    }
  });
});
