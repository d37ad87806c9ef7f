import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** readable from any origin: public documents only */
    anyOrigin?: boolean;
  }
}

const EXPOSED = ['WWW-Authenticate', 'Retry-After', 'X-Request-Id'];

/** Lets the front ends of the listed origins call the API; credentials travel in a header, never in a cookie. */
export async function allowOrigins(
  server: FastifyInstance,
  origins: readonly string[],
  routes: RouteTable,
): Promise<void> {
  await server.register(cors, {
    delegator: (request, done) => done(null, optionsFor(request, origins, routes)),
  });
}

/** For the errors that are sent before any hook runs. */
export function originHeaders(
  origin: string | undefined,
  origins: readonly string[],
): Readonly<Record<string, string>> {
  if (origin === undefined || !origins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED.join(', '),
  };
}

function optionsFor(
  request: FastifyRequest,
  origins: readonly string[],
  routes: RouteTable,
): FastifyCorsOptions {
  return {
    origin: allowedOrigin(request, origins, routes),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  };
}

/** A preflight runs into the route `OPTIONS *`; the path it asks about says who may. */
function allowedOrigin(
  request: FastifyRequest,
  origins: readonly string[],
  routes: RouteTable,
): string | false {
  const isOptions = request.method === 'OPTIONS';
  if (isOptions && !isPreflight(request)) return false;
  const config = isOptions ? routes.configOf(request.url) : request.routeOptions.config;
  if (config?.page) return false;
  if (config?.anyOrigin) return '*';
  const { origin } = request.headers;
  return origin !== undefined && origins.includes(origin) ? origin : false;
}

function isPreflight({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}
