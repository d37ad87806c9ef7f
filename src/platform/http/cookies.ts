import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A cookie of ours, as browsers know it. */
export interface OwnCookie {
  readonly name: string;
  readonly secure: boolean;
}

/**
 * With https no other host and no plain connection can set it: `__Host-`, RFC 6265bis §4.1.3.2. Browsers
 * take neither that prefix nor `Secure` from plain http.
 *
 * @param publicUrl PUBLIC_URL
 */
export function ownCookie(name: string, publicUrl: string): OwnCookie {
  const secure = publicUrl.startsWith('https:');
  return { name: secure ? `__Host-${name}` : name, secure };
}

/**
 * Of two cookies of one name neither is ours for sure: with plain http, a neighbouring host or path may
 * have set one of them. RFC 6265 §8.6.
 *
 * @returns undefined when there is none, or more than one
 */
export function readCookie(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { name }: OwnCookie,
): string | undefined {
  const [pair, another] = (headers.cookie ?? '').split(';').filter((text) => isNamed(text, name));
  return pair === undefined || another !== undefined ? undefined : parseCookie(pair)[name];
}

/**
 * `Lax`, as who comes back from a link of another site is still signed in; what a form does is guarded
 * by FormTokens.
 *
 * @param lifetime seconds; without it the browser keeps the cookie until it is closed
 */
export function setCookie(
  reply: FastifyReply,
  { name, secure }: OwnCookie,
  value: string,
  lifetime?: number,
): void {
  const text = stringifySetCookie({
    name,
    value,
    secure,
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    ...(lifetime !== undefined && { maxAge: lifetime }),
  });
  void reply.header('set-cookie', text); // Fastify adds it to those that are there
}

export function clearCookie(reply: FastifyReply, cookie: OwnCookie): void {
  setCookie(reply, cookie, '', 0);
}

function isNamed(pair: string, name: string): boolean {
  return pair.split('=', 1)[0]?.trim() === name;
}
