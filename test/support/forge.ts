import { createHmac, type KeyObject, sign } from 'node:crypto';
import { Keys } from '../../src/keys/keys.js';
import type { TestApp } from './app.js';

export interface Change {
  /** members to set; undefined takes one away */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** instead of the claims */
  readonly payload?: unknown;
  /** instead of the service's own */
  readonly key?: KeyObject;
}

/** A token changed in one thing and signed again, with the service's own key unless told otherwise. */
export function forge(service: TestApp, token: string, change: Change): string {
  const { key = service.app.get(Keys).current.signWith } = change;
  if (key.type === 'secret') return forgeHmac(token, change, key);
  const input = unsigned(token, change);
  const options = { key, dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${sign('sha256', Buffer.from(input), options).toString('base64url')}`;
}

/** The same, signed as HS256 does. */
export function forgeHmac(
  token: string,
  change: Change,
  secret: string | Buffer | KeyObject,
): string {
  const input = unsigned(token, change);
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The same without a signature: `header.payload`. */
export function unsigned(token: string, { header, claims, payload }: Change): string {
  const [ownHeader, ownClaims] = parts(token);
  return [
    { ...ownHeader, ...header },
    payload === undefined ? { ...ownClaims, ...claims } : payload,
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

export function headerOf(token: string): Record<string, unknown> {
  return parts(token)[0] as Record<string, unknown>;
}

export function claimsOf(token: string): Record<string, unknown> {
  return parts(token)[1] as Record<string, unknown>;
}

function parts(token: string): object[] {
  return token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
}
