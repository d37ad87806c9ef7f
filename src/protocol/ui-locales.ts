const MOST = 10;
/** The alphabet of a language tag: which of them there are pages in, others know. RFC 5646 §2.1. */
const TAG = /^[a-z\d-]{1,35}$/i;

/**
 * Reads `ui_locales`. Nothing in it is an error, and what is no language tag is left out.
 * OpenID Connect Core §3.1.2.1.
 */
export function localesOf(text: string | undefined): readonly string[] {
  const tags = (text ?? '').split(' ').filter((tag) => TAG.test(tag));
  return tags.slice(0, MOST);
}
