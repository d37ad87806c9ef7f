import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../clock.js';
import { affectedRows } from '../database/affected-rows.js';
import { bareAddress } from '../http/address.js';
import type { Origin } from '../http/origin.js';
import { newId } from '../ids.js';
import { AuditEntry } from './audit-entry.entity.js';
import type { AuditEvent, AuditResult } from './audit-events.js';

export type { AuditEvent } from './audit-events.js';

export type Actor = `user:${string}` | `client:${string}` | 'operator' | 'system' | 'nobody';
export type Subject = `${'user' | 'session' | 'client' | 'key'}:${string}` | 'everyone' | 'nobody';

/** Who does something, and from where; nowhere for the command line and for the service itself. */
export interface Doer {
  readonly actor: Actor;
  readonly origin?: Origin;
}

export interface Deed {
  readonly event: AuditEvent;
  readonly by: Doer;
  readonly subject: Subject;
  readonly userId?: string;
  /** at most 64 characters, and never a text that a caller sent */
  readonly reason?: string;
  /** when left out, 'success' */
  readonly result?: AuditResult;
}

/** Whoever does something as that on which it is done: where there is nothing else yet. */
export function subjectOf({ actor }: Doer): Subject {
  return actor === 'operator' || actor === 'system' ? 'everyone' : actor;
}

export const OPERATOR: Doer = { actor: 'operator' };
export const SYSTEM: Doer = { actor: 'system' };

const ENTRY = `INSERT INTO audit_log
  (id, at, event, result, reason, actor, subject, user_id, ip, request_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Writes the audit log, which only grows. Write what was done after it was done. */
@Injectable()
export class Audit {
  constructor(
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
    private readonly clock: Clock,
  ) {}

  /** Throws what the database throws: then the answer is an error, and not one that nothing is known of. */
  async record({ event, by, subject, userId, reason, result }: Deed): Promise<void> {
    await affectedRows(this.entries.manager.connection, ENTRY, [
      newId(),
      this.clock.milliseconds(),
      event,
      result ?? 'success',
      reason ?? null,
      by.actor,
      subject,
      userId ?? null,
      by.origin ? bareAddress(by.origin.ip) : null,
      by.origin?.requestId ?? null,
    ]);
  }
}
