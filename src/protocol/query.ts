/**
 * Adds parameters to a URI without touching a byte of it: a redirect URI is compared as a whole, and the
 * query that it may have is the client's own. RFC 6749 §3.1.2.
 *
 * @param uri without a fragment
 * @param parameters those that are undefined are left out
 */
export function appendQuery(
  uri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  if (pairs.length === 0) return uri;
  return uri + separator(uri) + pairs.join('&');
}

function separator(uri: string): string {
  if (!uri.includes('?')) return '?';
  return /[?&]$/.test(uri) ? '' : '&';
}
