import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import {
  AUDIT_EVENTS,
  AUDIT_RESULTS,
  type AuditEvent,
  type AuditResult,
} from '../platform/audit/audit-events.js';
import type { AuditFilter } from '../platform/audit/audit-log.js';
import { readIsoTime } from '../platform/clock.js';
import { IfSent } from '../platform/http/if-sent.decorator.js';
import { PageQuery } from '../platform/http/page.js';
import { Ruled } from '../platform/http/ruled.decorator.js';

const ACTOR = /^(operator|system|nobody|(user|client):[\w-]{1,64})$/;

/** The query of the log: all that is sent must hold. */
export class AuditQuery extends PageQuery {
  @IfSent()
  @Ruled(() => undefined, {
    required: false,
    description: 'Whose account it concerns: an id, which outlasts the account, or a username',
  })
  readonly user?: string;

  @IfSent()
  @Ruled((text) => (ACTOR.test(text) ? undefined : 'must be the actor of an entry'), {
    required: false,
    description:
      'Who did it: `user:<id>`, `client:<id>`, `operator` (the command line), `system` (the service itself) or `nobody` who is known',
  })
  readonly actor?: string;

  @IfSent()
  @ApiProperty({ required: false, enum: AUDIT_EVENTS, description: 'What was done' })
  @IsIn(AUDIT_EVENTS, { message: 'must be the name of an event' })
  readonly event?: AuditEvent;

  @IfSent()
  @ApiProperty({ required: false, enum: AUDIT_RESULTS, description: 'What came of it' })
  @IsIn(AUDIT_RESULTS, { message: `must be ${AUDIT_RESULTS.join(' or ')}` })
  readonly result?: AuditResult;

  @IfSent()
  @Ruled(timeFault, {
    required: false,
    description: 'From this time on: ISO 8601 with its offset, or a day in UTC',
  })
  readonly since?: string;

  @IfSent()
  @Ruled(timeFault, {
    required: false,
    description: 'Before this time: ISO 8601 with its offset, or a day in UTC',
  })
  readonly until?: string;
}

/** @param userId of whom the query names */
export function filterOf(
  { actor, event, result, since, until }: Omit<AuditQuery, 'user'>,
  userId: string | undefined,
): AuditFilter {
  return { userId, actor, event, result, since: timeIn(since), until: timeIn(until) };
}

function timeFault(text: string): string | undefined {
  if (readIsoTime(text) !== undefined) return undefined;
  return 'must be a time in ISO 8601, as 2026-01-31T09:30:00Z or 2026-01-31';
}

function timeIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readIsoTime(text);
}
