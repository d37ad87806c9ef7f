import { pino, type Logger } from 'pino';
import { describeError } from './describe-error.js';

/** One JSON line an event on standard output. An error is logged by an allow-list of its parts. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  });
}
