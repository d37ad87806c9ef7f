import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { Client } from './client.entity.js';

/** Subtracted from the time, so that an epoch fits its column for a few decades more. */
const MARCH_2026 = 1_772_323_200;

/** Ends what clients were given: every session and every token that was issued under an earlier epoch. */
@Injectable()
export class ClientEpochs {
  constructor(
    @InjectRepository(Client) private readonly rows: Repository<Client>,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /**
   * Those of every client, the tokens of machines included. The epoch goes up to the time: after a backup was
   * restored, one more might be what a client already had in the database that is lost, and its tokens hold that.
   */
  async endAll(): Promise<void> {
    const now = this.clock.now();
    await this.rows
      .createQueryBuilder()
      .update()
      .set({ epoch: () => 'CASE WHEN epoch < :time THEN :time ELSE epoch + 1 END', updatedAt: now })
      .setParameters({ time: now - MARCH_2026 })
      .execute();
    this.changes.announce({ of: 'client', id: 'everyone' });
  }
}
