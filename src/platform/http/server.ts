import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { logRequests } from '../log/request-log.js';
import { Settings } from '../settings/settings.js';
import { answerClientError } from './client-error.js';
import { allowOrigins, originHeaders } from './cors.js';
import { acceptForms } from './form-body.js';
import { ProblemFilter } from './problem.filter.js';
import { RouteTable } from './route-table.js';
import { addSecurityHeaders, apiHeaders } from './security-headers.js';

const BODY_LIMIT_BYTES = 64 * 1024;

/** The HTTP server that Nest runs on, with everything that holds for every request. */
export interface HttpServer {
  readonly adapter: FastifyAdapter;
  readonly filter: ProblemFilter;
}

export async function createHttpServer(settings: Settings, logger: Logger): Promise<HttpServer> {
  const https = settings.PUBLIC_URL.startsWith('https:');
  const routes = new RouteTable();
  const filter = new ProblemFilter(routes);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    childLoggerFactory: (parent: FastifyBaseLogger) => parent, // the request log names its request itself
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(), // not newId(), whose fresh random bytes cost 7 % of a guarded route
    requestIdHeader: false,
    trustProxy: trustProxy(settings.TRUST_PROXY),
    routerOptions: { ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/' }) => originForm(url),
    forceCloseConnections: 'idle',
    skipMiddie: true, // guards and hooks only: path-based middleware has been bypassed too often
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.headers({ ...apiHeaders(https), 'x-request-id': request.id }); // no hook runs for these
      reply.headers(originHeaders(request.headers.origin, settings.CORS_ORIGINS));
      filter.answer(error, request, reply);
    },
    clientErrorHandler: answerClientError(https),
  });
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRoute', (route) => {
    if (route.url !== '*') routes.add(route); // '*' is the answer to preflights
  });
  logRequests(server, logger);
  await addSecurityHeaders(server, https);
  await allowOrigins(server, settings.CORS_ORIGINS, routes);
  acceptForms(server);
  return { adapter, filter };
}

/** A bare number is no longer heeded by Fastify (5.12), so hops are counted here, the peer being hop 0. */
function trustProxy(setting: Settings['TRUST_PROXY']) {
  if (setting === undefined) return false;
  if (typeof setting === 'number') return (_address: string, hop: number) => hop < setting;
  return [...setting];
}

/** `GET http://host/path` and `OPTIONS *` as paths, so that every hook runs and knows its route. RFC 9112 §3.2. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(/^https?:\/\/[^/?]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
