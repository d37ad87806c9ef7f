import { isIP } from 'node:net';
import { listOf } from './readers.js';
import { Unreadable } from './setting.decorator.js';
import type { Reader } from './setting.decorator.js';

const HOST_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i;
const PLAIN_PATH = /^(\/[\w.~-]+)*$/;

/** An address to listen on. */
export const host: Reader<string> = {
  takes: 'an IP address (IPv6 without brackets) or a host name',
  read(text) {
    if (!isHost(text)) throw new Unreadable('is neither an IP address nor a host name');
    return text;
  },
};

/** An IPv6 address stands without brackets. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));
}

/** An issuer: compared character by character, hence brought to one form. RFC 8414 §2. */
export const publicUrl: Reader<string> = {
  takes: 'an absolute http or https URL without user, query or fragment',
  read(text) {
    const [, authority, rest] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(text) ?? [];
    if (authority === undefined || rest === undefined || !URL.canParse(text)) {
      throw new Unreadable('is not an absolute http or https URL');
    }
    if (/[\s\\\p{Cc}]/u.test(text)) throw new Unreadable('has a space or a backslash in it');
    if (authority.includes('@')) throw new Unreadable('has a user or password in it');
    if (rest.includes('#')) throw new Unreadable('has a fragment');
    if (rest.includes('?')) throw new Unreadable('has a query');
    const path = rest.replace(/\/+$/, '');
    // The path becomes a route of the RFC 8414 document, where `:` and `*` would be patterns.
    if (!PLAIN_PATH.test(path) || /\/\.{1,2}(\/|$)/.test(path)) {
      throw new Unreadable('has a path with more in it than letters, digits and . _ ~ -');
    }
    return new URL(text).origin + path;
  },
};

/** Origins as a browser sends them, so that they can be compared as they are. */
export const origins: Reader<readonly string[]> = listOf(
  'a comma list of exact origins (scheme://host or scheme://host:port)',
  (entry) => {
    if (entry.includes('*')) return 'has a star: every origin is named in full';
    const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(entry) ?? [];
    if (scheme === undefined || rest === undefined) return 'does not begin with a scheme and ://';
    if (rest.includes('/')) return 'has a path or a trailing slash';
    if (isOrigin(entry)) return undefined;
    return 'is not an origin as a browser sends it (lower case, no default port, nothing else)';
  },
);

function isOrigin(text: string): boolean {
  if (/^https?:/.test(text)) return URL.canParse(text) && new URL(text).origin === text;
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(text); // capacitor://localhost
}

/** How many proxies stand in front, or which addresses they have. */
export const trustedProxies: Reader<number | readonly string[]> = {
  takes: 'a number of proxies, or a comma list of IP addresses and CIDR ranges',
  read(text) {
    if (!/^\d+$/.test(text)) return networks.read(text);
    if (!/^[1-9]\d?$/.test(text)) throw new Unreadable('is not a number from 1 to 99');
    return Number(text);
  },
};

const networks = listOf('', (entry) => {
  const [address = '', prefix, ...more] = entry.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || more.length > 0) return 'is neither an IP address nor a CIDR range';
  if (prefix === undefined) return undefined;
  if (!/^(0|[1-9]\d*)$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) {
    return 'has a prefix length that does not exist';
  }
  // Whoever trusts everyone lets every client choose the address that limits and the audit log see.
  return prefix === '0' ? 'trusts every address' : undefined;
});
