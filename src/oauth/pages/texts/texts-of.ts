import type { Language } from '../../../platform/pages/languages.js';
import { DE } from './de.js';
import { EN } from './en.js';
import type { Texts } from './texts.js';

const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, de: DE };

export function textsOf(language: Language): Texts {
  return TEXTS[language];
}

/** What a person reads of a scope: in English where nobody has translated it, as it is where nobody described it. */
export function scopeText({ scopes }: Texts, name: string): string {
  const [own, english] = [scopes, EN.scopes].map((texts) =>
    Object.hasOwn(texts, name) ? texts[name] : undefined,
  );
  return own ?? english ?? name;
}
