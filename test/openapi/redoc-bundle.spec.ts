import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withoutRemoteLogo } from '../../src/openapi/redoc-bundle.js';

const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const PACKAGE = 'node_modules/redoc';

describe("Redoc's bundle, as it is served", () => {
  const original = readFileSync(`${PACKAGE}/bundles/redoc.standalone.js`, 'utf8');
  const served = readFileSync('dist/pages/redoc.standalone.js', 'utf8');

  it('is the one of the package, but for the logo that it would fetch from elsewhere', () => {
    expect(served === withoutRemoteLogo(original)).toBe(true); // no diff of a megabyte
    expect(original.includes(LOGO)).toBe(true);
    expect(served.includes('cdn.redoc.ly')).toBe(false);
  });

  it.each([
    ['no longer there', 'let logo'],
    ['there twice', `"${LOGO}" "${LOGO}"`],
  ])('fails the build when that logo is %s', (_when, bundle) => {
    expect(() => withoutRemoteLogo(bundle)).toThrow(/logo-mini\.svg \d times, not once/);
  });

  it('lies beside its licence and those of what is in it', () => {
    const text = readFileSync('dist/pages/redoc.standalone.js.LICENSE.txt', 'utf8');
    expect(text.startsWith(readFileSync(`${PACKAGE}/LICENSE`, 'utf8'))).toBe(true);
    expect(text).toContain('DOMPurify');
    expect(served).toMatch(
      /^\/\*! For license information please see redoc\.standalone\.js\.LICENSE\.txt/,
    );
  });
});
