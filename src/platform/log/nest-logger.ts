import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Under this name Nest reports a boot that throws; the entry point says so in words. */
const FAILED_BOOT = 'ExceptionHandler';

/** Sends what Nest itself says to our log; its tale of a start (every route mapped) only at debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const context = rest.findLast((part) => typeof part === 'string');
    if (context === FAILED_BOOT) return;
    if (message instanceof Error) this.logger.error({ context, err: message }, message.name);
    else this.logger.error({ context }, String(message));
  }
}
