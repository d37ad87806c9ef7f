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

/**
 * @param milliseconds epoch milliseconds
 * @returns as isoTime()
 */
export function isoTimeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads a day, which begins in UTC, or a time with its offset, ISO 8601. A time without an offset would be
 * one here and another there.
 *
 * @returns epoch milliseconds; undefined for what is none, as the 30th of February
 */
export function readIsoTime(text: string): number | undefined {
  const day = ISO_TIME.exec(text)?.[1];
  if (day === undefined) return undefined;
  const midnight = new Date(day);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const milliseconds = new Date(text).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/**
 * @param seconds epoch seconds
 * @returns the form of a mail's Date, in UTC. RFC 5322 §3.3
 */
export function mailTime(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}
