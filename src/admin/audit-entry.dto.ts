import { ApiProperty } from '@nestjs/swagger';
import type { AuditEntry } from '../platform/audit/audit-entry.entity.js';
import {
  AUDIT_EVENTS,
  AUDIT_RESULTS,
  type AuditEvent,
  type AuditResult,
} from '../platform/audit/audit-events.js';
import { isoTimeOf } from '../platform/clock.js';
import { NextCursor } from '../platform/http/page.js';

const PERSON = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14';

/** One thing that happened. */
export class AuditEntryDto {
  @ApiProperty({ example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a15' })
  readonly id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.123Z' })
  readonly at!: string;

  @ApiProperty({ enum: AUDIT_EVENTS, example: 'sign_in' })
  readonly event!: AuditEvent;

  @ApiProperty({ enum: AUDIT_RESULTS, example: 'refused' })
  readonly result!: AuditResult;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why, where the event alone does not say it',
    example: 'wrong_password',
  })
  readonly reason!: string | null;

  @ApiProperty({
    description: 'Who did it: `user:<id>`, `client:<id>`, `operator`, `system` or `nobody`',
    example: 'client:hallpass',
  })
  readonly actor!: string;

  @ApiProperty({
    description:
      'On whom or what: `user:<id>`, `session:<id>`, `client:<id>`, `key:<kid>`, `everyone` or `nobody`',
    example: `user:${PERSON}`,
  })
  readonly subject!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Whose account it concerns; the id outlasts the account',
    example: PERSON,
  })
  readonly user_id!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'From which address; null for the command line and the service itself',
    example: '203.0.113.7',
  })
  readonly ip!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'The `X-Request-Id` of the answer',
    example: '6f1c9a52-3c0e-4d57-9b1e-0a4f6d2b7c83',
  })
  readonly request_id!: string | null;

  static from(entry: AuditEntry): AuditEntryDto {
    return {
      id: entry.id,
      at: isoTimeOf(entry.at),
      event: entry.event,
      result: entry.result,
      reason: entry.reason,
      actor: entry.actor,
      subject: entry.subject,
      user_id: entry.userId,
      ip: entry.ip,
      request_id: entry.requestId,
    };
  }
}

export class AuditPageDto {
  @ApiProperty({ type: [AuditEntryDto] })
  readonly items!: readonly AuditEntryDto[];

  @NextCursor()
  readonly next!: string | null;
}
