/** That pages are written in; the first is for whoever reads none of them. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** What everybody must take, RFC 5646 §4.4.1; a longer one only costs time. */
const LONGEST_RANGE = 35;

/**
 * The language for a person: what the client asked for, else what the browser prefers. RFC 4647 §3.4.
 *
 * @param uiLocales as OpenID Connect Core §3.1.2.1 has them, the most wanted first
 */
export function chooseLanguage(
  uiLocales: readonly string[],
  acceptLanguage: string | undefined,
): Language {
  return first(uiLocales.map(lookUp)) ?? preferred(acceptLanguage ?? '') ?? LANGUAGES[0];
}

/** RFC 9110 §12.5.4. A quality that is none counts as none at all. */
function preferred(header: string): Language | undefined {
  const asked = header.split(',').map((entry) => {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim());
    return { range, quality: qualityOf(parameters) };
  });
  const refused = new Set(
    asked.filter(({ quality }) => quality === 0).map((one) => one.range.toLowerCase()),
  );
  const wanted = asked.filter(({ quality }) => quality > 0);
  const ranges = wanted.toSorted((a, b) => b.quality - a.quality).map(({ range }) => range);
  const rest = LANGUAGES.find((language) => !refused.has(language));
  return first(ranges.map((range) => (range === '*' ? rest : lookUp(range))));
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((one) => /^q=/i.test(one))?.slice(2);
  if (text === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

/** `de-AT-1996`, then `de-AT`, then `de`. */
function lookUp(range: string): Language | undefined {
  if (range.length > LONGEST_RANGE) return undefined;
  const subtags = range.toLowerCase().split('-');
  const shortened = subtags.map((_, cut) => subtags.slice(0, subtags.length - cut).join('-'));
  return first(shortened.map((tag) => LANGUAGES.find((language) => language === tag)));
}

function first<T>(found: readonly (T | undefined)[]): T | undefined {
  return found.find((one) => one !== undefined);
}
