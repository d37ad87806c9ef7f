import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, MoreThan, Repository } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Session } from './session.entity.js';
import { Sessions } from './sessions.js';

/** A read of everything at once would keep SQLite's one connection from all others. */
const BATCH = 1000;

/** Lists what lives, of everyone: for the operator. */
@Injectable()
export class LiveSessions {
  constructor(
    @InjectRepository(Session) private readonly rows: Repository<Session>,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  /**
   * The newest first, each with its user and its client.
   *
   * @param whose everyone's when it is left out
   */
  async *each(whose: { readonly userId?: string } = {}): AsyncGenerator<Session> {
    let before: string | undefined;
    for (;;) {
      const batch = await this.rows.find({
        where: {
          ...whose,
          ...(before === undefined ? {} : { id: LessThan(before) }),
          revokedAt: IsNull(),
          expiresAt: MoreThan(this.clock.now()),
        },
        relations: { user: true, client: true },
        order: { id: 'DESC' },
        take: BATCH,
      });
      yield* batch.filter((session) => this.sessions.endOf(session) === undefined);
      if (batch.length < BATCH) return;
      before = batch.at(-1)?.id;
    }
  }
}
