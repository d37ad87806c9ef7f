import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { expect } from 'vitest';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { Session } from '../../src/sessions/session.entity.js';
import type { TestApp } from './app.js';
import { claimsOf } from './forge.js';
import { type Answer, bearer, call, postForm } from './http.js';
import { askToken, oauthError } from './oauth.js';

type Base = Pick<TestApp, 'url'>;

/** The one answer to whatever is wrong with a refresh token. */
export const INVALID_REFRESH_TOKEN = oauthError(
  400,
  'invalid_grant',
  'The refresh token is invalid',
);

export interface Pair {
  readonly access: string;
  readonly refresh: string;
}

/** The tokens of an answer, and fails the test when it has none. */
export function pairOf({ status, text, body }: Answer): Pair {
  expect(status, text).toBe(200);
  expect(body.refresh_token).toMatch(/^hp_rt_[\w-]{76}$/);
  return { access: body.access_token as string, refresh: body.refresh_token as string };
}

/** Signs in, as johndoe unless told otherwise. */
export async function openSession(
  { url }: Base,
  fields: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Pair> {
  return pairOf(await askToken(url, fields, headers));
}

/** Trades a refresh token, for the built-in client unless told otherwise. */
export function refresh(
  { url }: Base,
  token: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: token, ...fields };
  return postForm(`${url}/token`, form, headers);
}

/** The status of a guarded route with this token. */
export async function statusOf({ url }: Base, access: string): Promise<number> {
  return (await call(`${url}/users/me`, { headers: bearer(access) })).status;
}

export function sessionIdOf({ access }: Pick<Pair, 'access'>): string {
  return String(claimsOf(access)['sid']);
}

/** The row behind a pair, as it is now. */
export function rowOf(service: Pick<TestApp, 'app'>, pair: Pick<Pair, 'access'>): Promise<Session> {
  return sessionRows(service).findOneByOrFail({ id: sessionIdOf(pair) });
}

export function sessionRows({ app }: Pick<TestApp, 'app'>): Repository<Session> {
  return app.get(getRepositoryToken(Session));
}

/** What was done about a user, besides signing in; the oldest first. */
export async function deedsAbout(
  service: Pick<TestApp, 'app'>,
  user: { readonly id: string },
): Promise<AuditEntry[]> {
  const log = await auditLog(service);
  return log.filter(({ userId, event }) => userId === user.id && event !== 'sign_in');
}

/** The audit log, the oldest first; of one session where one is named. */
export function auditLog({ app }: Pick<TestApp, 'app'>, sessionId?: string): Promise<AuditEntry[]> {
  const rows: Repository<AuditEntry> = app.get(getRepositoryToken(AuditEntry));
  const where = sessionId === undefined ? {} : { subject: `session:${sessionId}` };
  return rows.find({ where, order: { id: 'ASC' } });
}
