/** Characters: far more than any has, and little enough to keep and to compare. */
const LONGEST = 2000;
const MOST = 20;

/** RFC 3986 §2. */
const URI = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})+$/i;
/** What a Content-Security-Policy can name; browsers also take hosts with a comma or a semicolon in them. */
const HOST = /^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])$/;
/** A domain backwards, so that nobody else's program answers to it. RFC 8252 §7.1. */
const PRIVATE_USE = /^[a-z][a-z\d+-]*(?:\.[a-z\d+-]+)+:$/;
/** RFC 8252 §7.3: what is sent there does not leave the device. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
const LOOPBACK_WITH_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::[1-9]\d*)?(?=[/?]|$)/;
/** Hosts of this device, which a certificate says nothing about. */
const OF_THIS_DEVICE =
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:7f[\da-f]{2}|0):[\da-f]+\])$/;

/**
 * What keeps a text from being where a browser may be sent with a code. RFC 6749 §3.1.2, RFC 9700 §2.1.
 *
 * It has to be in the form in which a browser itself writes it. What is compared is then what is
 * visited: no `/../`, no `https:/host`, no address in disguise means one thing here and another there.
 *
 * @returns undefined when it is good
 */
export function redirectUriFault(uri: string): string | undefined {
  if (uri.length > LONGEST) return `must be at most ${LONGEST} characters`;
  if (!URI.test(uri)) return 'must hold no character that RFC 3986 keeps out of a URI';
  if (uri.includes('*')) return 'must hold no wildcard: each URI is compared as a whole';
  if (uri.includes('#')) return 'must have no fragment';
  if (!URL.canParse(uri)) return 'must be an absolute URI';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return 'must hold no user name and no password';
  return schemeFault(url) ?? formFault(uri, url);
}

/**
 * What keeps a list from being the redirect URIs of a client.
 *
 * @returns of the first that is bad; undefined when all are good
 */
export function redirectUrisFault(uris: readonly string[]): string | undefined {
  if (uris.length > MOST) return `must be at most ${MOST} URIs`;
  if (new Set(uris).size < uris.length) return 'must not hold a URI twice';
  const faults = uris.map((uri, index) => [index + 1, redirectUriFault(uri)] as const);
  const [place, fault] = faults.find(([, one]) => one !== undefined) ?? [];
  return fault && (uris.length > 1 ? `${fault} (number ${place})` : fault);
}

/**
 * Whether a browser may be sent to `asked`: it is registered, character by character. Only the port of
 * a loopback address may be another, as a native app takes whichever is free. RFC 9700 §2.1, RFC 8252 §7.3.
 */
export function matchRedirectUri(asked: string, registered: readonly string[]): boolean {
  if (redirectUriFault(asked) !== undefined) return false;
  if (registered.includes(asked)) return true;
  if (!isLoopbackUri(asked)) return false;
  return registered.some((uri) => withoutLoopbackPort(uri) === withoutLoopbackPort(asked));
}

/** Whether what is sent there stays on the device, at whichever port. RFC 8252 §7.3. */
export function isLoopbackUri(uri: string): boolean {
  return LOOPBACK_WITH_PORT.test(uri);
}

/**
 * Names in a Content-Security-Policy where a form may lead, by way of a redirect.
 *
 * @param uri a redirect URI without a fault
 */
export function redirectSource(uri: string): string {
  const { protocol, host } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? `${protocol}//${host}` : protocol;
}

/**
 * Whether only one client can be behind a redirect URI: another program on the device may take a port
 * or a scheme for itself, but a certificate it has not. RFC 8252 §8.6.
 *
 * @param uri a redirect URI without a fault
 */
export function provesClient(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' && !OF_THIS_DEVICE.test(hostname);
}

function withoutLoopbackPort(uri: string): string {
  return uri.replace(LOOPBACK_WITH_PORT, '$1');
}

function schemeFault({ protocol, hostname }: URL): string | undefined {
  if (protocol === 'https:') {
    return HOST.test(hostname)
      ? undefined
      : 'must have a host of letters, digits, hyphens and dots';
  }
  if (protocol === 'http:') {
    return LOOPBACK.has(hostname)
      ? undefined
      : 'must be https, as http is for a loopback host alone';
  }
  return PRIVATE_USE.test(protocol)
    ? undefined
    : "must be https, http on a loopback host, or a scheme of the app's own with a dot in it";
}

/** A bare `https://host` may stay without the slash that every browser adds. */
function formFault(uri: string, { href }: URL): string | undefined {
  return href === uri || href === `${uri}/` ? undefined : 'must be written as a browser writes it';
}
