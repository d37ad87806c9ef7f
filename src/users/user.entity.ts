import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';

export const ROLES = ['user', 'admin'] as const;

export type UserRole = (typeof ROLES)[number];

/** Someone who can sign in. */
@Entity('users')
@Index('uq_users_username_key', ['usernameKey'], { unique: true })
@Index('uq_users_verified_email_key', ['verifiedEmailKey'], { unique: true })
export class User {
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 36, primaryKeyConstraintName: 'pk_users' })
  id!: string;

  /** As the person writes it. */
  @Column({ name: 'username', type: 'varchar', length: 64 })
  username!: string;

  /** What two usernames that look the same have in common; unique. */
  @Column({ name: 'username_key', type: 'varchar', length: 192 })
  usernameKey!: string;

  @Column({ name: 'email', type: 'varchar', length: 254, nullable: true })
  email!: string | null;

  /** What two spellings of `email` have in common, once its owner has verified it; unique, null until then. */
  @Column({ name: 'verified_email_key', type: 'varchar', length: 512, nullable: true })
  verifiedEmailKey!: string | null;

  /** What `email` will be once its owner has verified it. */
  @Column({ name: 'pending_email', type: 'varchar', length: 254, nullable: true })
  pendingEmail!: string | null;

  @Column({ name: 'full_name', type: 'varchar', length: 200, nullable: true })
  fullName!: string | null;

  @Column({ name: 'role', type: 'varchar', length: 16 })
  role!: UserRole;

  @Column({ name: 'disabled', type: 'boolean' })
  disabled!: boolean;

  /** Loaded only when asked for by name. */
  @Column({ name: 'password_hash', type: 'varchar', length: 255, select: false })
  passwordHash!: string;

  /** Goes up by one to end every session of this user. */
  @Column({ name: 'auth_epoch', type: 'integer' })
  authEpoch!: number;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'updated_at', type: 'bigint', transformer: bigintNumber })
  updatedAt!: number;
}
