import { Clock } from '../../src/platform/clock.js';

/** A clock that a test moves; it runs on in between, as the real one does. */
export class TestClock extends Clock {
  private ahead = 0;

  override milliseconds(): number {
    return super.milliseconds() + this.ahead;
  }

  forward({ seconds }: { seconds: number }): void {
    this.ahead += seconds * 1000;
  }
}
