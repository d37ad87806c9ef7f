import { expect } from 'vitest';
import { SCOPES } from '../../src/auth/scopes.js';
import { type Answer, call, postForm } from './http.js';

export const FORM = 'application/x-www-form-urlencoded';

/** Posts to the token endpoint, as johndoe unless told otherwise; undefined takes a field away. */
export function askToken(
  base: string,
  fields: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const all = { grant_type: 'password', username: 'johndoe', password: 'secret', ...fields };
  const sent = Object.entries(all).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return postForm(`${base}/token`, Object.fromEntries(sent), headers);
}

/** The scope of a sign-in that names none, as the answer has it. */
export function usualScope(): string {
  return Object.entries(SCOPES)
    .filter(([, { byDefault }]) => byDefault)
    .map(([scope]) => scope)
    .join(' ');
}

/** Posts these very bytes as a form. */
export function askTokenWith(
  base: string,
  body: string | Uint8Array<ArrayBuffer>,
  contentType = FORM,
): Promise<Answer> {
  return call(`${base}/token`, { method: 'POST', headers: { 'content-type': contentType }, body });
}

/** HTTP Basic with these credentials as they are: form-encode them first where that matters. */
export function basic(credentials: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** An error of an OAuth endpoint, in the shape that contract.md promises; text may be a part of it. */
export function oauthError(status: number, error: string, text: string | RegExp) {
  const detail = typeof text === 'string' ? text : (expect.stringMatching(text) as string);
  return {
    status,
    body: expect.objectContaining({ status, error, detail, error_description: detail }) as object,
  };
}

/** An answer without what differs between any two. */
export function comparable({ status, headers, text }: Answer) {
  const shown = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return { status, text, headers: Object.fromEntries(shown) };
}

export const INCORRECT = oauthError(401, 'invalid_grant', 'Incorrect username or password');
