import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../database/bigint-number.js';

/** How often something was counted, on PostgreSQL. rate-limiter-flexible writes it, by the order of the columns. */
@Entity('limit_counters')
@Index('ix_limit_counters_expire', ['expire'])
export class LimitCounter {
  /** A keyed digest: nobody can tell from it what was counted. */
  @PrimaryColumn({
    name: 'key',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_limit_counters',
  })
  key!: string;

  @Column({ name: 'points', type: 'integer' })
  points!: number;

  /** Epoch milliseconds. */
  @Column({ name: 'expire', type: 'bigint', transformer: bigintNumber })
  expire!: number;
}
