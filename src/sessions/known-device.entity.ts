import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../platform/database/bigint-number.js';
import { User } from '../users/user.entity.js';

/** From where somebody signed in with a password in the last 30 days. */
@Entity('known_devices')
@Index('ix_known_devices_user', ['userId'])
@Index('ix_known_devices_expires_at', ['expiresAt'])
export class KnownDevice {
  /** Of the account's normalised name and the address. */
  @PrimaryColumn({
    name: 'digest',
    type: 'varchar',
    length: 43,
    primaryKeyConstraintName: 'pk_known_devices',
  })
  digest!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId!: string;

  /** Never loaded: it lets the rows go with the account. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_known_devices_user',
  })
  user!: User;

  /** Epoch seconds. */
  @Column({ name: 'expires_at', type: 'bigint', transformer: bigintNumber })
  expiresAt!: number;
}
