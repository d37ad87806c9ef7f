import { describe, expect, it } from 'vitest';
import { chooseLanguage } from '../../../src/platform/pages/languages.js';

describe('the language of a page', () => {
  it.each([
    ['nothing', undefined, 'en'],
    ['an empty header', '', 'en'],
    ['German', 'de', 'de'],
    ['German of Austria (RFC 4647 §3.4)', 'de-AT', 'de'],
    ['German of 1996, in capitals', 'DE-at-1996', 'de'],
    ['what Firefox sends', 'de,en-US;q=0.7,en;q=0.3', 'de'],
    ['English first', 'en-GB,en;q=0.9,de;q=0.8', 'en'],
    ['German last, by quality', 'de;q=0.1, en;q=0.2', 'en'],
    ['German first, by quality', 'en;q=0.5, de;q=0.9', 'de'],
    ['the first of two that are wanted alike', 'de, en', 'de'],
    ['a language that no page has, then German', 'fr-CH, fr;q=0.9, de;q=0.7, *;q=0.5', 'de'],
    ['only languages that no page has', 'fr, it;q=0.5', 'en'],
    ['any', '*', 'en'],
    ['any but English (RFC 9110 §12.4.2)', 'en;q=0, *', 'de'],
    ['German not at all', 'de;q=0', 'en'],
    ['German not at all, in zeros', 'de;q=0.000', 'en'],
    ['a quality in capitals', 'en;Q=0.1, de', 'de'],
    ['a quality that is none', 'de;q=high, en', 'en'],
    ['a quality above 1', 'de;q=2, en', 'en'],
    ['what only begins alike', 'den, deu, de_AT', 'en'],
    ['a word of every object', 'constructor, __proto__', 'en'],
    ['commas', ',,,;,;q=1', 'en'],
    ['a range longer than any', `de${'-a'.repeat(20)}`, 'en'],
  ])('for %s', (_what, header, language) => {
    expect(chooseLanguage([], header)).toBe(language);
  });

  it('is what the client asks for rather than what the browser prefers (OIDC Core §3.1.2.1)', () => {
    expect(chooseLanguage(['fr-CA', 'de-CH', 'en'], 'en')).toBe('de');
    expect(chooseLanguage(['fr-CA', 'fr'], 'de')).toBe('de');
    expect(chooseLanguage(['en'], 'de')).toBe('en');
  });

  it('costs nothing, however long the text is', () => {
    const long = 'a-'.repeat(30_000);
    const started = performance.now();
    expect(chooseLanguage([long, 'de'], long)).toBe('de');
    expect(performance.now() - started).toBeLessThan(200);
  });
});
