import { forge } from '../forge.js';
import type { Attack, Target } from './target.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Everything that is not the one compact serialization of what was issued. RFC 7515 §7. */
export function badSpellings({ service, token }: Target): Attack[] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const flattened = JSON.stringify({ protected: header, payload, signature });
  const general = JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
  return [
    ['one segment', payload],
    ['two segments', `${header}.${payload}`],
    ['four segments', `${token}.e30`],
    ['five segments, as a JWE has', `${header}.e30.${payload}.e30.${signature}`],
    ['an empty fourth segment', `${token}.`],
    ['an empty header', `.${payload}.${signature}`],
    ['an empty payload', `${header}..${signature}`],
    ['an empty signature', `${header}.${payload}.`],
    ['header and payload exchanged', `${payload}.${header}.${signature}`],
    ['flattened JSON serialization', flattened],
    ['general JSON serialization', general],
    ['JSON serialization in base64url', Buffer.from(flattened).toString('base64url')],
    ['padding', `${token}==`],
    ['dots alone', '..'],
    ['10 KB', forge(service, token, { claims: { padding: 'x'.repeat(7000) } })],
    ...unusedBits(token).map((other, n): Attack => [`another spelling ${n + 1}`, other]),
  ];
}

/** Signatures that other decoders read as the same bytes; none where no bit is unused. RFC 4648 §3.5. */
export function unusedBits(token: string): string[] {
  const bytes = Buffer.from(token.split('.')[2] ?? '', 'base64url').length;
  const unused = [0, 4, 2][bytes % 3] ?? 0;
  const last = ALPHABET.indexOf(token.at(-1) as string);
  return Array.from({ length: 2 ** unused - 1 }, (_, n) => {
    return token.slice(0, -1) + (ALPHABET[last ^ (n + 1)] as string);
  });
}
