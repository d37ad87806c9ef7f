import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { AsymmetricAlgorithm } from '../keys/key-pair.js';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { wordList } from '../platform/database/word-list.js';
import type { RegistrableGrant } from '../protocol/grant-types.js';

/** How the column says that a client may have whatever its users may. */
const UNRESTRICTED = '*';

const scopeList: ValueTransformer = {
  to: (scopes: unknown) =>
    scopes === 'unrestricted' ? UNRESTRICTED : (wordList.to(scopes) as unknown),
  from: (stored: unknown) =>
    stored === UNRESTRICTED ? 'unrestricted' : (wordList.from(stored) as unknown),
};

/** An application that asks for tokens. RFC 6749 §2. */
@Entity('clients')
export class Client {
  @PrimaryColumn({
    name: 'id',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_clients',
  })
  id!: string;

  /** What people see of it. */
  @Column({ name: 'name', type: 'varchar', length: 200 })
  name!: string;

  /** It has a secret that its users cannot read. RFC 6749 §2.1. */
  @Column({ name: 'confidential', type: 'boolean' })
  confidential!: boolean;

  /** Ours: only such a client may have the password grant, RFC 9700 §2.4. */
  @Column({ name: 'first_party', type: 'boolean' })
  firstParty!: boolean;

  @Column({ name: 'grants', type: 'text', transformer: wordList })
  grants!: readonly RegistrableGrant[];

  /** 'unrestricted': whatever its users may have. */
  @Column({ name: 'scopes', type: 'text', transformer: scopeList })
  scopes!: 'unrestricted' | readonly string[];

  @Column({ name: 'redirect_uris', type: 'text', transformer: wordList })
  redirectUris!: readonly string[];

  @Column({ name: 'post_logout_redirect_uris', type: 'text', transformer: wordList })
  postLogoutRedirectUris!: readonly string[];

  /** What its id_tokens are signed with; RS256, which every OpenID Connect library has, if it does not say. */
  @Column({
    name: 'id_token_signed_response_alg',
    type: 'varchar',
    length: 8,
    default: 'RS256',
  })
  idTokenSignedResponseAlg!: AsymmetricAlgorithm;

  /** SHA-256 of each secret that is valid, in hexadecimal; the newest first. */
  @Column({ name: 'secret_hashes', type: 'text', transformer: wordList })
  secretHashes!: readonly string[];

  @Column({ name: 'disabled', type: 'boolean' })
  disabled!: boolean;

  /** Goes up by one to end every session and every token of this client. */
  @Column({ name: 'epoch', type: 'integer' })
  epoch!: number;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** Epoch seconds. */
  @Column({ name: 'updated_at', type: 'bigint', transformer: bigintNumber })
  updatedAt!: number;
}
