import { randomUUID } from 'node:crypto';
import { BadRequestException, NotFoundException } from '@nestjs/common';
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
import { Pages } from '../pages/pages.js';
import { Settings } from '../settings/settings.js';
import { answerClientError } from './client-error.js';
import { allowOrigins, originHeaders } from './cors.js';
import { acceptBodies } from './bodies.js';
import { rememberAddresses } from './peer.js';
import { ProblemFilter } from './problem.filter.js';
import { limitRequests } from './request-limit.js';
import { RouteTable } from './route-table.js';
import { addSecurityHeaders, apiHeaders } from './security-headers.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** To send a whole request in. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Node's limit on all headers ends a path before this does. */
const LONGEST_PATH = 16 * 1024;

/** The HTTP server that Nest runs on, with everything that holds for every request. */
export interface HttpServer {
  readonly adapter: FastifyAdapter;
  readonly filter: ProblemFilter;
}

export async function createHttpServer(settings: Settings, logger: Logger): Promise<HttpServer> {
  const https = settings.PUBLIC_URL.startsWith('https:');
  const routes = new RouteTable();
  const pages = new Pages(settings);
  const filter = new ProblemFilter(routes, pages);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    childLoggerFactory: (parent: FastifyBaseLogger) => parent, // the request log names its request itself
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false, // Fastify's own answer has another shape, and what has arrived can be answered
    genReqId: () => randomUUID(), // not newId(), whose fresh random bytes cost 7 % of a guarded route
    requestIdHeader: false,
    trustProxy: trustProxy(settings.TRUST_PROXY),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_PATH },
    rewriteUrl: ({ url = '/' }) => originForm(url),
    forceCloseConnections: 'idle',
    skipMiddie: true, // guards and hooks only: path-based middleware has been bypassed too often
    http: { requireHostHeader: false }, // refuseWithoutHost() has our shape of an error
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.headers({ ...apiHeaders(https), 'x-request-id': request.id }); // no hook runs for these
      reply.headers(originHeaders(request.headers.origin, settings.CORS_ORIGINS));
      filter.answer(error, request, reply);
    },
    clientErrorHandler: answerClientError(https),
  });
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRoute', (route) => {
    if (route.method !== 'OPTIONS') routes.add(route); // those answer preflights
  });
  rememberAddresses(server);
  logRequests(server, logger);
  addSecurityHeaders(server, https, pages.styleHash);
  await allowOrigins(server, settings.CORS_ORIGINS, routes);
  limitRequests(server, settings.RATE_LIMIT_PER_MINUTE, filter); // after CORS: a page of another origin may read why
  refuseWithoutHost(server);
  refuseUnrouted(server);
  acceptBodies(server);
  return { adapter, filter };
}

/** A bare number is no longer heeded by Fastify (5.12), so hops are counted here, the peer being hop 0. */
function trustProxy(setting: Settings['TRUST_PROXY']) {
  if (setting === undefined) return false;
  if (typeof setting === 'number') return (_address: string, hop: number) => hop < setting;
  return [...setting];
}

/** RFC 9112 §3.2. And what is expected of us beside `100-continue` is not heeded, RFC 9110 §10.1.1. */
function refuseWithoutHost(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw }, _reply, done) => {
    const refused = raw.headers.host === undefined && raw.httpVersion === '1.1';
    done(refused ? new BadRequestException('The Host header is missing') : undefined);
  });
  server.server.on('checkExpectation', (request, response) => {
    server.server.emit('request', request, response);
  });
}

/** An unknown path or method is said at once, and not what is wrong with the body sent there. */
function refuseUnrouted(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? new NotFoundException() : undefined);
  });
}

/**
 * `GET http://host/path` and `OPTIONS *` as paths, so that every hook runs and knows its route, and no
 * fragment, which is not sent to servers. RFC 9112 §3.2.
 */
function originForm(sent: string): string {
  const target = sent.includes('#') ? (sent.split('#', 1)[0] ?? '/') : sent;
  if (target.startsWith('/')) return target;
  const path = target.replace(/^https?:\/\/[^/?]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
