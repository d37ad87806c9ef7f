import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from './user.entity.js';

/** What somebody who was mailed a link may do with it. */
export type LinkPurpose = 'email_verification' | 'password_reset' | 'invitation';

/** A link that was mailed, good once. */
@Entity('account_links')
@Index('ix_account_links_user', ['userId'])
@Index('ix_account_links_expires_at', ['expiresAt'])
export class AccountLink {
  /** SHA-256 of the token in hexadecimal. */
  @PrimaryColumn({
    name: 'token_hash',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_account_links',
  })
  tokenHash!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_account_links_user',
  })
  user!: User;

  @Column({ name: 'purpose', type: 'varchar', length: 32 })
  purpose!: LinkPurpose;

  /** The address it was mailed to. */
  @Column({ name: 'email', type: 'varchar', length: 254 })
  email!: string;

  /** The user's when the link was made: what ends every session ends every link as well. */
  @Column({ name: 'auth_epoch', type: 'integer' })
  authEpoch!: number;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;
}
