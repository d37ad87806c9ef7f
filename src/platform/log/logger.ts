import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from './describe-error.js';

/**
 * One JSON line an event. An error is logged by an allow-list of its parts.
 *
 * @param destination standard output unless told otherwise
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}
