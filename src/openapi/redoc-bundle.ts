const REMOTE_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const ONE_CLEAR_PIXEL =
  'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/**
 * Redoc's bundle without the one thing that it fetches from elsewhere.
 *
 * @throws {Error} where that is not in it, or is in it more than once: look again what it fetches
 */
export function withoutRemoteLogo(bundle: string): string {
  const parts = bundle.split(REMOTE_LOGO);
  if (parts.length !== 2) {
    throw new Error(`Redoc's bundle holds ${REMOTE_LOGO} ${parts.length - 1} times, not once`);
  }
  return parts.join(ONE_CLEAR_PIXEL);
}
