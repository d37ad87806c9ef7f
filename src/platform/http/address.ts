import { isIP, isIPv4 } from 'node:net';

const LOOPBACK = '0:0:0:0:0:0:0:1';

/**
 * The IP address in what a socket or a proxy calls one: without port, brackets and zone, and IPv4 as such.
 *
 * @returns null when there is none: a proxy may pass on anything, and a peer that has gone has no address
 */
export function bareAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  const unbracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text;
  const withoutPort = /^([\d.]+):\d+$/.exec(unbracketed)?.[1] ?? unbracketed;
  const address = withoutPort.replace(/%.*$/s, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) === 0 ? null : address;
}

/**
 * What an address is counted as: a household or a server is given a whole IPv6 /64, so all of it is one.
 * What is no address is one as well, or each wrong text would be let in anew.
 */
export function addressKey(text: string | undefined): string {
  const address = bareAddress(text);
  if (address === null) return 'unknown';
  return isIPv4(address) ? address : `${hextets(address).slice(0, 4).join(':')}::/64`;
}

/** Whether a request comes from this very machine. */
export function isLoopback(text: string): boolean {
  const address = bareAddress(text);
  if (address === null) return false;
  return isIPv4(address) ? address.startsWith('127.') : hextets(address).join(':') === LOOPBACK;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function hextets(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = !tail ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(gap).fill('0'), ...right].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
