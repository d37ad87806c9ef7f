import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';
import type { AsymmetricAlgorithm } from './key-pair.js';

/** A key that signs access tokens, id_tokens or both; the private part is encrypted. */
@Entity('signing_keys')
@Index('uq_signing_keys_algorithm_generation', ['algorithm', 'generation'], { unique: true })
export class SigningKey {
  @PrimaryColumn({
    name: 'kid',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_signing_keys',
  })
  kid!: string;

  @Column({ name: 'algorithm', type: 'varchar', length: 8 })
  algorithm!: AsymmetricAlgorithm;

  /** Counts the keys of one algorithm, so that of two processes that make the next one, one fails. */
  @Column({ name: 'generation', type: 'integer' })
  generation!: number;

  /** A JWK in JSON. */
  @Column({ name: 'public_jwk', type: 'text' })
  publicJwk!: string;

  /** Null once the key neither signs nor verifies any more. */
  @Column({ name: 'encrypted_private_key', type: 'text', nullable: true })
  encryptedPrivateKey!: string | null;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** Epoch seconds. The key before it retires at this moment, which is therefore stored nowhere else. */
  @Column({ name: 'signs_from', type: 'bigint', transformer: bigintNumber })
  signsFrom!: number;

  /** The longest ACCESS_TOKEN_TTL_SECONDS, which id_tokens live too, that any process has had while this key could sign. */
  @Column({ name: 'longest_ttl_seconds', type: 'integer' })
  longestTtlSeconds!: number;

  /** Epoch seconds. */
  @Column({ name: 'revoked_at', type: 'bigint', nullable: true, transformer: bigintNumber })
  revokedAt!: number | null;
}
