import { readFileSync, statSync } from 'node:fs';
import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

/** An image as it stands in a page. */
export interface Logo {
  /** a data: URI */
  readonly source: string;
  /** at least twice as wide as high, as a logo is that has the name in it */
  readonly isWide: boolean;
}

const LARGEST_BYTES = 64 * 1024;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
/** A browser that is given the file as an image draws nothing without the namespace. */
const SVG =
  /^\uFEFF?(?:\s|<\?[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*<svg\s([^>]*)>/;
const NAMESPACE = /xmlns\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/;

/** One line, as it stands beside the logo and in titles. */
export const brandName: Reader<string> = {
  takes: '1 to 40 characters without control or direction characters',
  read(text) {
    const name = text.trim();
    if (name === '') throw new Unreadable('is only spaces');
    if ([...name].length > 40) throw new Unreadable('is longer than 40 characters');
    if (/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(name)) {
      throw new Unreadable('has a control or direction character in it');
    }
    return name;
  },
};

export const color: Reader<string> = {
  takes: 'a colour as #rrggbb',
  read(text) {
    if (!/^#[\da-f]{6}$/i.test(text)) throw new Unreadable('is not # and six hexadecimal digits');
    return text.toLowerCase();
  },
};

/**
 * Reads the file at once, and tells its kind by what is in it. An SVG may hold a script: browsers run
 * none of an image, nor load what it links to.
 */
export const logo: Reader<Logo> = {
  takes: 'the path of an SVG or PNG file of at most 64 KiB',
  read(path) {
    const file = contentOf(path);
    if (file.subarray(0, PNG.length).equals(PNG)) {
      return { source: dataUri('image/png', file), isWide: isWide(...sizeOfPng(file)) };
    }
    const [, root] = SVG.exec(file.toString('utf8')) ?? [];
    if (root === undefined) throw new Unreadable('names a file that is neither SVG nor PNG');
    if (!NAMESPACE.test(root)) {
      throw new Unreadable('names an SVG whose root has no xmlns="http://www.w3.org/2000/svg"');
    }
    return { source: dataUri('image/svg+xml', file), isWide: isWide(...sizeOfSvg(root)) };
  },
};

function contentOf(path: string): Buffer {
  const unreadable = new Unreadable('names a file that cannot be read');
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw unreadable; // a device or a pipe would keep the boot waiting
    if (stat.size > LARGEST_BYTES) throw new Unreadable('names a file that is larger than 64 KiB');
    return readFileSync(path);
  } catch (error) {
    throw error instanceof Unreadable ? error : unreadable;
  }
}

/** In the IHDR, which is always the first chunk. */
function sizeOfPng(file: Buffer): [width: number, height: number] {
  if (file.length < 24) throw new Unreadable('names a PNG file that ends too early');
  return [file.readUInt32BE(16), file.readUInt32BE(20)];
}

function sizeOfSvg(root: string): [width: number, height: number] {
  const [, box = ''] = /viewBox\s*=\s*["']([^"']*)["']/.exec(root) ?? [];
  const [, , width = 0, height = 0] = box
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (width > 0 && height > 0) return [width, height];
  const side = (name: string) =>
    Number(new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(` ${root}`)?.[1] ?? 0);
  return [side('width'), side('height')];
}

function isWide(width: number, height: number): boolean {
  return height > 0 && width >= 2 * height;
}

function dataUri(type: string, file: Buffer): string {
  return `data:${type};base64,${file.toString('base64')}`;
}
