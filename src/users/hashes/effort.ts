/** Kinds of work that are remembered; an application has one or two. */
const MOST_KINDS = 100;

/**
 * Tells what work of another kind would be in rounds of bcrypt. It goes by the least time that each has
 * ever taken in this thread: whatever took longer was interrupted.
 */
export class Effort {
  private readonly least = new Map<string, number>();
  private leastPerRound = Infinity;

  /** @param now milliseconds, from whenever */
  constructor(private readonly now = () => performance.now()) {}

  measureRounds<T>(rounds: number, work: () => T): T {
    const start = this.now();
    const result = work();
    this.leastPerRound = Math.min(this.leastPerRound, (this.now() - start) / rounds);
    return result;
  }

  /** @param name the same for work that takes the same time */
  async measure<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = this.now();
    const result = await work();
    const least = Math.min(this.least.get(name) ?? Infinity, this.now() - start);
    if (this.least.size >= MOST_KINDS) this.least.clear();
    this.least.set(name, least);
    return result;
  }

  /** @returns 0 for what has not been measured, so that more is done rather than less */
  roundsOf(name: string): number {
    const least = this.least.get(name) ?? 0;
    return least > 0 && Number.isFinite(this.leastPerRound) ? least / this.leastPerRound : 0;
  }
}

/** That of this thread. */
export const effort = new Effort();
