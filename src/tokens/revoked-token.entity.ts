import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';

/** A machine's access token that was revoked, kept until it would have expired; a user's ends with its session. */
@Entity('revoked_tokens')
@Index('ix_revoked_tokens_expires_at', ['expiresAt'])
export class RevokedToken {
  @PrimaryColumn({
    name: 'jti',
    type: 'varchar',
    length: 36,
    primaryKeyConstraintName: 'pk_revoked_tokens',
  })
  jti!: string;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;
}
