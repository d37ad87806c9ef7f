import { Injectable } from '@nestjs/common';

/** The one place where time is read, so that a test can move it. */
@Injectable()
export class Clock {
  /** Epoch milliseconds. */
  milliseconds(): number {
    return Date.now();
  }

  /** Epoch seconds, whole: the unit of every stored time and every token. */
  now(): number {
    return Math.floor(this.milliseconds() / 1000);
  }
}

/**
 * @param seconds epoch seconds
 * @returns ISO 8601 in UTC, the form of every time in a resource
 */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
