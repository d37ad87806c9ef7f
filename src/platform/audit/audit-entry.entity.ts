import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../database/bigint-number.js';
import type { AuditEvent, AuditResult } from './audit-events.js';

/** One thing that happened. Rows are written once and never changed; none holds a secret or a token. */
@Entity('audit_log')
@Index('ix_audit_log_at', ['at', 'id'])
@Index('ix_audit_log_user_at', ['userId', 'at', 'id'])
@Index('ix_audit_log_actor_at', ['actor', 'at', 'id'])
@Index('ix_audit_log_event_at', ['event', 'at', 'id'])
@Index('ix_audit_log_result_at', ['result', 'at', 'id'])
export class AuditEntry {
  /** In the order of time, as every id is. */
  @PrimaryColumn({
    name: 'id',
    type: 'varchar',
    length: 36,
    primaryKeyConstraintName: 'pk_audit_log',
  })
  id!: string;

  /** Epoch milliseconds. */
  @Column({ name: 'at', type: 'bigint', transformer: bigintNumber })
  at!: number;

  @Column({ name: 'event', type: 'varchar', length: 64 })
  event!: AuditEvent;

  @Column({ name: 'result', type: 'varchar', length: 16 })
  result!: AuditResult;

  @Column({ name: 'reason', type: 'varchar', length: 64, nullable: true })
  reason!: string | null;

  /** Who did it: `user:<id>`, `client:<id>`, `operator` (the command line), `system`, or `nobody` who is known. */
  @Column({ name: 'actor', type: 'varchar', length: 80 })
  actor!: string;

  /** On whom or what: `user:<id>`, `session:<id>`, `client:<id>`, `key:<kid>`, `everyone`, or `nobody` who is known. */
  @Column({ name: 'subject', type: 'varchar', length: 80 })
  subject!: string;

  /** Whose account it concerns. */
  @Column({ name: 'user_id', type: 'varchar', length: 36, nullable: true })
  userId!: string | null;

  @Column({ name: 'ip', type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId!: string | null;
}
