import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** Something that decides about a live token has changed. */
export interface Change {
  readonly of: 'user' | 'session' | 'client' | 'token' | 'key';
  readonly id: string;
}

/**
 * News that travels up the strata. Who changes a user, a session or a client writes, announces, then
 * answers; listeners run synchronously, so no answer is sent before every cache has heard.
 */
@Injectable()
export class Changes {
  private readonly emitter = new EventEmitter<{ change: [Change] }>();

  announce(change: Change): void {
    this.emitter.emit('change', change);
  }

  listen(listener: (change: Change) => void): void {
    this.emitter.on('change', listener);
  }
}
