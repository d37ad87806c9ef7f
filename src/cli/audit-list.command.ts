import type { INestApplicationContext } from '@nestjs/common';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AuditEntryDto } from '../admin/audit-entry.dto.js';
import {
  AUDIT_EVENTS,
  AUDIT_RESULTS,
  type AuditEvent,
  type AuditResult,
} from '../platform/audit/audit-events.js';
import { type AuditFilter, AuditLog } from '../platform/audit/audit-log.js';
import { readIsoTime } from '../platform/clock.js';
import { isId } from '../platform/ids.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import { table, toJson } from './output.js';
import type { Terminal } from './terminal.js';

/** As many as one statement reads: a server may wait for it. */
const BATCH = 100;
const USUAL_LIMIT = 50;

interface ListOptions {
  readonly user?: string;
  readonly actor?: string;
  readonly event?: AuditEvent;
  readonly result?: AuditResult;
  /** epoch milliseconds */
  readonly since?: number;
  /** epoch milliseconds */
  readonly until?: number;
  readonly limit: number;
  readonly json?: true;
}

/** `audit list`: the newest first. */
export function addAuditList(audit: Command, { stdout }: Terminal): void {
  audit
    .command('list')
    .description('list what was done, by whom and from where')
    .option('--user <username>', 'only what concerns this account; the id of one that is gone')
    .option('--actor <actor>', 'only what this one did: user:<id>, client:<id>, operator, system')
    .addOption(new Option('--event <event>', 'only this event').choices(AUDIT_EVENTS))
    .addOption(new Option('--result <result>', 'only this result').choices(AUDIT_RESULTS))
    .option('--since <time>', 'from this time on, as 2026-01-31T09:30:00Z or 2026-01-31', readTime)
    .option('--until <time>', 'before this time', readTime)
    .option('--limit <number>', 'at most so many', readLimit, USUAL_LIMIT)
    .option('--json', 'as a JSON array of what GET /audit shows')
    .addHelpText(
      'after',
      '\nExample:\n  $ npm run hallpass -- audit list --event sign_in --result refused --since 2026-01-31',
    )
    .action(async (options: ListOptions) => {
      const entries = await withContext((context) => list(context, options));
      stdout.write(`${options.json ? toJson(entries) : describe(entries)}\n`);
    });
}

async function list(context: INestApplicationContext, options: ListOptions) {
  const { limit, user, actor, event, result, since, until } = options;
  const userId = user === undefined ? undefined : await idOf(context.get(UsersService), user);
  const filter: AuditFilter = { userId, actor, event, result, since, until };
  const log = context.get(AuditLog);
  const entries: AuditEntryDto[] = [];
  for (let after: string | undefined; entries.length < limit;) {
    const page = await log.page(filter, { limit: Math.min(BATCH, limit - entries.length), after });
    entries.push(...page.items.map(AuditEntryDto.from));
    if (page.next === null) break;
    after = page.items.at(-1)?.id;
  }
  return entries;
}

async function idOf(users: UsersService, user: string): Promise<string> {
  return isId(user) ? user.toLowerCase() : (await findUser(users, user)).id;
}

function describe(entries: readonly AuditEntryDto[]): string {
  if (entries.length === 0) return 'Nothing of that is in the audit log';
  const rows = entries.map(({ at, event, result, reason, actor, subject, ip }) => [
    at,
    event,
    result,
    reason ?? '-',
    actor,
    subject,
    ip ?? '-',
  ]);
  return table([['AT', 'EVENT', 'RESULT', 'REASON', 'ACTOR', 'SUBJECT', 'IP'], ...rows]);
}

/** @throws {InvalidArgumentError} */
function readTime(text: string): number {
  const time = readIsoTime(text);
  if (time === undefined) throw new InvalidArgumentError('It is no time in ISO 8601.');
  return time;
}

/** @throws {InvalidArgumentError} */
function readLimit(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is 1 to 999999.');
  return Number(text);
}
