import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What is asked for where no route is: anybody may invent paths. */
const UNMATCHED = 'unmatched';

/** Measures each request that is answered. Nothing is measured where this is not called. */
export function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    metrics.answered({
      method: METHODS.includes(request.method) ? request.method : 'OTHER',
      route: routeOf(request),
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
}

/** The pattern and never the path. */
function routeOf({ is404, routeOptions }: FastifyRequest): string {
  return is404 ? UNMATCHED : (routeOptions.url ?? UNMATCHED);
}
