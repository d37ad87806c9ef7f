import type { Entry } from './ledger.js';
import { openSession, pairOf, refresh, revoke } from './tokens.js';

const MOST_REFRESHES = 8;
/** Leaves the rest alive, for the next life of the server. */
const REVOKED = 0.8;

/** One person who signs in, refreshes and revokes as fast as the answers come. */
export class Driver {
  entries: Entry[] = [];
  answered = 0;
  readonly unanswered = { 'sign-in': 0, refresh: 0, revoke: 0 };

  private lives = 0;

  constructor(private readonly credentials: { username: string; password: string }) {}

  /** Goes on until a request is not answered, and throws what fetch throws then, or what was answered wrongly. */
  async drive(url: string): Promise<never> {
    this.lives += 1;
    for (;;) {
      const entry = await this.signIn(url);
      const refreshes = Math.floor(Math.random() * (MOST_REFRESHES + 1));
      for (let count = 0; count < refreshes; count += 1) await this.refresh(url, entry);
      if (Math.random() < REVOKED) await this.revoke(url, entry);
    }
  }

  async revoke(url: string, entry: Entry): Promise<void> {
    entry.unanswered = 'revoke';
    const { status, text } = await this.counted('revoke', revoke(url, entry.newest.refreshToken));
    if (status !== 200) throw new Error(`revoke: ${status} ${text}`);
    entry.unanswered = undefined;
    entry.revoked = true;
  }

  private async signIn(url: string): Promise<Entry> {
    // A guess is counted before it is looked at, and a killed server gives none back: so in each life
    // of the server it comes from another address.
    const from = { 'x-forwarded-for': `10.0.${this.lives >> 8}.${this.lives & 255}` };
    const first = await this.counted('sign-in', openSession(url, this.credentials, from));
    const entry: Entry = { first, newest: first, revoked: false };
    this.entries.push(entry);
    return entry;
  }

  private async refresh(url: string, entry: Entry): Promise<void> {
    entry.unanswered = 'refresh';
    entry.newest = pairOf(await this.counted('refresh', refresh(url, entry.newest)));
    entry.unanswered = undefined;
  }

  private async counted<T>(what: keyof Driver['unanswered'], answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      this.answered += 1;
      return value;
    } catch (error) {
      if (isUnanswered(error)) this.unanswered[what] += 1;
      throw error;
    }
  }
}

/** fetch throws a TypeError, and nothing else here does, when the connection breaks before the end of an answer. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TypeError;
}
