import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** readable from any origin: public documents only */
    anyOrigin?: boolean;
  }
}

/** Lets the front ends of the listed origins call the API; credentials travel in a header, never in a cookie. */
export async function allowOrigins(
  server: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  await server.register(cors, {
    delegator: (request, done) => done(null, optionsFor(request, origins)),
  });
}

function optionsFor(request: FastifyRequest, origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: allowedOrigin(request, origins),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: ['WWW-Authenticate', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  };
}

function allowedOrigin(request: FastifyRequest, origins: readonly string[]): string | false {
  if (request.routeOptions.config?.page) return false;
  if (request.routeOptions.config?.anyOrigin) return '*';
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  const isPreflight = request.headers['access-control-request-method'] !== undefined;
  return request.method !== 'OPTIONS' || isPreflight ? origin : false;
}
