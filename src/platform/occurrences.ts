import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** What became of a sign-in: limited and busy are those of which nobody looked at the password. */
export type SignInResult = 'success' | 'refused' | 'limited' | 'busy';

/** Something that is worth counting. */
export type Occurrence =
  | { readonly of: 'sign_in'; readonly result: SignInResult }
  | { readonly of: 'sessions_ended'; readonly reason: string; readonly count: number };

/**
 * Tells whoever counts what happens here, once for each time it did. Where nobody counts, nothing is
 * kept. No caller's text is in it, so that what is counted by stays a short list.
 */
@Injectable()
export class Occurrences {
  private readonly emitter = new EventEmitter<{ occurrence: [Occurrence] }>();

  note(occurrence: Occurrence): void {
    this.emitter.emit('occurrence', occurrence);
  }

  listen(listener: (occurrence: Occurrence) => void): void {
    this.emitter.on('occurrence', listener);
  }
}
