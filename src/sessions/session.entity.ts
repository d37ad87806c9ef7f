import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from '../users/user.entity.js';

/** One sign-in: every token that came of it carries its id. */
@Entity('sessions')
@Index('ix_sessions_user_client_created', ['userId', 'clientId', 'createdAt'])
@Index('ix_sessions_live', ['userId', 'clientId', 'createdAt', 'id'], {
  where: 'revoked_at IS NULL',
})
@Index('ix_sessions_expires_at', ['expiresAt'])
export class Session {
  @PrimaryColumn({
    name: 'id',
    type: 'varchar',
    length: 36,
    primaryKeyConstraintName: 'pk_sessions',
  })
  id!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  /** Loaded only when joined. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_sessions_user',
  })
  user!: User;

  @Column({ name: 'client_id', type: 'varchar', length: 64 })
  clientId!: string;

  /** Loaded only when joined; null when it was deleted. No foreign key: what ended with its client keeps why and when. */
  @ManyToOne(() => Client, { nullable: false, createForeignKeyConstraints: false })
  @JoinColumn({ name: 'client_id', referencedColumnName: 'id' })
  client!: Client | null;

  @Column({ name: 'scope', type: 'text' })
  scope!: string;

  /** The user's epoch as it was before the password was checked. */
  @Column({ name: 'auth_epoch', type: 'integer' })
  authEpoch!: number;

  /** The client's epoch as it was when it authenticated. */
  @Column({ name: 'client_epoch', type: 'integer', default: 0 })
  clientEpoch!: number;

  /** That of the newest refresh token. */
  @Column({ name: 'generation', type: 'bigint', transformer: bigintNumber })
  generation!: number;

  /** When that one was made; null for the first. Epoch milliseconds. */
  @Column({ name: 'rotated_at', type: 'bigint', nullable: true, transformer: bigintNumber })
  rotatedAt!: number | null;

  @Column({ name: 'ip', type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 512, nullable: true })
  userAgent!: string | null;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** When tokens were last given out. Epoch seconds. */
  @Column({ name: 'last_used_at', type: 'bigint', transformer: bigintNumber })
  lastUsedAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'revoked_at', type: 'bigint', nullable: true, transformer: bigintNumber })
  revokedAt!: number | null;

  @Column({ name: 'revoked_reason', type: 'varchar', length: 64, nullable: true })
  revokedReason!: string | null;
}
