import { Clock } from '../../src/platform/clock.js';

/**
 * A clock that a test moves. It runs on in between, as the real one does, until the test stops it: at
 * the edge of a second, what a busy machine took would decide.
 */
export class TestClock extends Clock {
  private ahead = 0;
  private stoppedAt: number | undefined;

  override milliseconds(): number {
    return (this.stoppedAt ?? super.milliseconds()) + this.ahead;
  }

  stop(): this {
    this.stoppedAt ??= super.milliseconds();
    return this;
  }

  forward({ seconds }: { seconds: number }): void {
    this.ahead += seconds * 1000;
  }
}
