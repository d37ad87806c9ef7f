import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/**
 * Logs each answered request by an allow-list: never a body, a query string or a header.
 * The path is the one asked for, without its query.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  server.addHook('onResponse', (request, reply, done) => {
    logger.info(
      {
        request_id: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.address,
      },
      'request',
    );
    done();
  });
}
