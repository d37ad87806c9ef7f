import type { Settings } from '../platform/settings/settings.js';
import type { Client } from './client.entity.js';

/** The page /docs, on which people sign in as on any application of ours. */
export const DOCS_CLIENT_ID = 'hallpass-docs';

/** A developer opens the page by any of these, whichever PUBLIC_URL names. RFC 8252 §7.3. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** @returns null where the docs are off: there is no page then that a code could be sent to */
export function ifServed(client: Client, { DOCS, PUBLIC_URL }: Settings): Client | null {
  return client.id === DOCS_CLIENT_ID && !DOCS ? null : asServed(client, { PUBLIC_URL });
}

/** The docs client has its redirect URIs from PUBLIC_URL, not from its row: they move with the server. */
export function asServed(client: Client, { PUBLIC_URL }: Pick<Settings, 'PUBLIC_URL'>): Client {
  if (client.id !== DOCS_CLIENT_ID) return client;
  return { ...client, redirectUris: docsRedirectUris(PUBLIC_URL) };
}

/** Where Swagger UI takes its code, in the form in which a browser writes it. */
export function docsRedirectUris(publicUrl: string): readonly string[] {
  const { protocol, hostname, port, pathname } = new URL(publicUrl);
  const hosts = LOOPBACK.includes(hostname) ? LOOPBACK : [hostname];
  const place = `${port && `:${port}`}${pathname.replace(/\/$/, '')}/oauth2-redirect.html`;
  return hosts.map((host) => `${protocol}//${host}${place}`);
}
