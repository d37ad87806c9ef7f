import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from '../users/user.entity.js';

/** That somebody is signed in to our own pages, in one browser. The row goes when it ends. */
@Entity('browser_sessions')
@Index('ix_browser_sessions_user_signed_in_at', ['userId', 'signedInAt'])
@Index('ix_browser_sessions_expires_at', ['expiresAt'])
export class BrowserSession {
  /** SHA-256 of what the cookie holds, in hexadecimal. */
  @PrimaryColumn({
    name: 'token_hash',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_browser_sessions',
  })
  tokenHash!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  /** Loaded only when joined. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_browser_sessions_user',
  })
  user!: User;

  /** The user's epoch as it was before the password was checked. */
  @Column({ name: 'auth_epoch', type: 'integer' })
  authEpoch!: number;

  /** When the password was found right. Epoch milliseconds. */
  @Column({ name: 'signed_in_at', type: 'bigint', transformer: bigintNumber })
  signedInAt!: number;

  /** To the minute. Epoch seconds. */
  @Column({ name: 'last_used_at', type: 'bigint', transformer: bigintNumber })
  lastUsedAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;
}
