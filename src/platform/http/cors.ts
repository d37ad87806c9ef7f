import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** read by @fastify/cors: instead of what holds for all routes; false for none */
    cors?: Pick<FastifyCorsOptions, 'origin'> | false;
  }
}

/** Of a route's `@RouteConfig`: readable from any origin, for public documents only. */
export const ANY_ORIGIN = { cors: { origin: '*' } };

const EXPOSED = 'WWW-Authenticate, Retry-After, X-Request-Id';

/**
 * Lets the front ends of the listed origins call the API; credentials travel in a header, never in a
 * cookie. A route's own `cors` says otherwise: ANY_ORIGIN, or false for none.
 */
export async function allowOrigins(
  server: FastifyInstance,
  origins: readonly string[],
  routes: RouteTable,
): Promise<void> {
  answerPreflightsOfAnyOrigin(server);
  server.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS' || isAllowedPreflight(request, origins, routes)) return done();
    return reply.header('vary', 'Origin').callNotFound(); // as any method that is not there: 405
  });
  // Not its delegator, which puts new options together on each request: 5 % of a guarded route.
  await server.register(cors, {
    origin: (origin, done) => done(null, isListed(origin, origins) ? origin : false),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  });
}

/** For the errors that are sent before any hook runs. */
export function originHeaders(
  origin: string | undefined,
  origins: readonly string[],
): Readonly<Record<string, string>> {
  if (!isListed(origin, origins)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
  };
}

function isListed(origin: string | undefined, origins: readonly string[]): origin is string {
  return origin !== undefined && origins.includes(origin);
}

/** Other preflights run into the route `OPTIONS *`, which knows nothing of the path that is asked about. */
function answerPreflightsOfAnyOrigin(server: FastifyInstance): void {
  server.addHook('onRoute', ({ method, url, config }) => {
    if (method !== 'GET' || config?.cors !== ANY_ORIGIN.cors) return;
    server.options(url, { config: ANY_ORIGIN }, () => undefined); // answered before the handler
  });
}

function isAllowedPreflight(
  { url, headers }: FastifyRequest,
  origins: readonly string[],
  routes: RouteTable,
): boolean {
  const { origin } = headers;
  const method = headers['access-control-request-method'];
  if (origin === undefined || !method) return false;
  const ofRoute = routes.configOf(url, method)?.cors;
  if (ofRoute === false) return false;
  return ofRoute === ANY_ORIGIN.cors || isListed(origin, origins);
}
