import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';

/** A key that signs access tokens; the private part is encrypted. */
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
  algorithm!: string;

  /** Counts the keys of one algorithm, so that of two processes that make the next one, one fails. */
  @Column({ name: 'generation', type: 'integer' })
  generation!: number;

  /** A JWK in JSON. */
  @Column({ name: 'public_jwk', type: 'text' })
  publicJwk!: string;

  @Column({ name: 'encrypted_private_key', type: 'text' })
  encryptedPrivateKey!: string;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;
}
