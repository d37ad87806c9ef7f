import { describe, expect, it } from 'vitest';
import { relativeLink } from '../../../src/platform/pages/relative-link.js';

describe('a relative link', () => {
  it.each(['/a', '/a?x=/y/z', '/a/', '/a/b', '/a/b/?x', '/'])(
    'from %s holds behind a prefix and without',
    (asked) => {
      for (const prefix of ['http://id.example', 'http://example/id', 'http://example/x/y']) {
        const { href } = new URL(relativeLink(asked, 'a/form'), `${prefix}${asked}`);
        expect(href).toBe(`${prefix}/a/form`);
      }
    },
  );
});
