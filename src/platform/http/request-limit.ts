import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { TemporarilyUnavailable } from '../../protocol/errors.js';
import { addressKey, isLoopback } from './address.js';
import type { ProblemFilter } from './problem.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** true: answered however many requests the address has sent */
    unlimited?: boolean;
  }
}

/** Of a route's `@RouteConfig`: for whoever supervises the process. */
export const UNLIMITED = { unlimited: true };

const MINUTE_SECONDS = 60;
/** Addresses of which is remembered what they are counted as: for IPv6 that takes longer than the counting. */
const MAX_ADDRESSES = 10_000;
const NOT_COUNTED = '';

/**
 * Bounds the requests of one address, on every route. In this process alone: it keeps one caller from taking
 * the time of all others, and a question to a database would cost more than most answers.
 *
 * @param perMinute 0 for no limit
 * @param filter answers for itself: some routes are not Nest's, and would not ask it
 */
export function limitRequests(
  server: FastifyInstance,
  perMinute: number,
  filter: ProblemFilter,
): void {
  if (perMinute === 0) return;
  const limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE_SECONDS });
  const known = new LRUCache<string, string>({ max: MAX_ADDRESSES });
  server.addHook('onRequest', (request, reply, done) => {
    const key = known.get(request.address) ?? remember(known, request.address);
    if (key === NOT_COUNTED) return done();
    const refuse = ({ msBeforeNext }: RateLimiterRes): void => {
      if (request.routeOptions.config?.unlimited) return done();
      return filter.answer(tooMany(Math.ceil(msBeforeNext / 1000)), request, reply);
    };
    // oxlint-disable-next-line promise/no-callback-in-promise -- an async hook is one promise more on each request
    void limiter.consume(key).then(() => done(), refuse);
  });
}

function remember(known: LRUCache<string, string>, address: string): string {
  const key = isLoopback(address) ? NOT_COUNTED : addressKey(address);
  known.set(address, key);
  return key;
}

function tooMany(seconds: number): TemporarilyUnavailable {
  return new TemporarilyUnavailable(
    429,
    'Too many requests, try again later',
    Math.max(1, seconds),
  );
}
