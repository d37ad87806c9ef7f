/**
 * A link that holds behind any path prefix, which only the browser knows, and with a slash after the path.
 *
 * @param asked the URL of the page that has the link
 * @param path from the root of the service, without the first slash
 */
export function relativeLink(asked: string, path: string): string {
  const [from = ''] = asked.split('?', 1);
  return '../'.repeat(from.split('/').length - 2) + path;
}
