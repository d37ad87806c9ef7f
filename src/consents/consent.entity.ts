import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from '../users/user.entity.js';

/** What somebody lets an application of others do. It goes with either of the two. */
@Entity('consents')
@Index('ix_consents_client', ['clientId'])
export class Consent {
  @PrimaryColumn({
    name: 'user_id',
    type: 'varchar',
    length: 36,
    primaryKeyConstraintName: 'pk_consents',
  })
  userId!: string;

  /** Never loaded: it lets the rows go with the account. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_consents_user',
  })
  user!: User;

  @PrimaryColumn({
    name: 'client_id',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_consents',
  })
  clientId!: string;

  /** Loaded only when joined. */
  @ManyToOne(() => Client, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'client_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_consents_client',
  })
  client!: Client;

  /** All that was ever allowed and not withdrawn, separated by spaces. */
  @Column({ name: 'scope', type: 'text' })
  scope!: string;

  /** Epoch seconds. */
  @Column({ name: 'created_at', type: 'bigint', transformer: bigintNumber })
  createdAt!: number;

  /** When it was last given. Epoch seconds. */
  @Column({ name: 'updated_at', type: 'bigint', transformer: bigintNumber })
  updatedAt!: number;
}
