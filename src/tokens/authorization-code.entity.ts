import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from '../users/user.entity.js';

/** What a person let a client have, until the client fetches it: once. RFC 6749 §4.1.2. */
@Entity('authorization_codes')
@Index('ix_authorization_codes_expires_at', ['expiresAt'])
@Index('ix_authorization_codes_user_client', ['userId', 'clientId'])
export class AuthorizationCode {
  /** SHA-256 of the code in hexadecimal. */
  @PrimaryColumn({
    name: 'code_hash',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_authorization_codes',
  })
  codeHash!: string;

  @Column({ name: 'client_id', type: 'varchar', length: 64 })
  clientId!: string;

  /** Loaded only when joined; null when it was deleted. No foreign key, as a session has none. */
  @ManyToOne(() => Client, { nullable: false, createForeignKeyConstraints: false })
  @JoinColumn({ name: 'client_id', referencedColumnName: 'id' })
  client!: Client | null;

  /** The client's epoch as it was when the code was issued. */
  @Column({ name: 'client_epoch', type: 'integer' })
  clientEpoch!: number;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  /** Loaded only when joined. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_authorization_codes_user',
  })
  user!: User;

  /** The user's epoch as it was then: what ends every session ends every code as well. */
  @Column({ name: 'auth_epoch', type: 'integer' })
  authEpoch!: number;

  @Column({ name: 'redirect_uri', type: 'text' })
  redirectUri!: string;

  /** Whether the authorization request named it, and not just the registration. */
  @Column({ name: 'redirect_uri_sent', type: 'boolean' })
  redirectUriSent!: boolean;

  /** Of the method S256. RFC 7636 §4.2. */
  @Column({ name: 'code_challenge', type: 'varchar', length: 43 })
  codeChallenge!: string;

  @Column({ name: 'scope', type: 'text' })
  scope!: string;

  @Column({ name: 'nonce', type: 'text', nullable: true })
  nonce!: string | null;

  /** When the person signed in. Epoch seconds. */
  @Column({ name: 'auth_time', type: 'bigint', transformer: bigintNumber })
  authTime!: number;

  /** Of the session that this code opens, so that a replay finds it whoever was first. */
  @Column({ name: 'session_id', type: 'varchar', length: 36 })
  sessionId!: string;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;

  /** When it was redeemed, or burnt by a wrong verifier. Epoch seconds. */
  @Column({ name: 'used_at', type: 'bigint', nullable: true, transformer: bigintNumber })
  usedAt!: number | null;

  /** When it first came again after that. Epoch seconds. */
  @Column({ name: 'replayed_at', type: 'bigint', nullable: true, transformer: bigintNumber })
  replayedAt!: number | null;
}
