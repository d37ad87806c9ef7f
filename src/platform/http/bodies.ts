import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { InvalidRequest } from '../../protocol/errors.js';
import { decodeForm } from '../../protocol/form.js';
import { formParameterInQuery } from '../../protocol/leaked-parameter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** 'form': this route takes an OAuth form, and nothing else; 'any': a form as well, and looks at none */
    body?: 'form' | 'any';
  }
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Forms for the routes that declare one with `@RouteConfig({ body: 'form' })`, JSON for all others.
 * What is no form is refused before its body is read. RFC 6749 §3.2.
 */
export function acceptBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(FORM, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (!takesForm(request)) refuse(415, 'a form on a JSON route');
      done(null, looksAtBody(request) ? decodeForm(body as Buffer) : undefined);
    } catch (error) {
      done(error as Error);
    }
  });
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined); // many clients name the type of a body they do not send
    try {
      // Nothing here unpacks a body, and a packed one would only be called malformed.
      if (isEncoded(request)) refuse(415, 'an encoded body');
      return parseJson(request, decodeUtf8(body as Buffer), done);
    } catch (error) {
      return done(error as Error);
    }
  });
  server.addHook('onRoute', (route) => {
    if (route.config?.body === 'form') route.onRequest = [route.onRequest ?? [], onlyForms].flat();
  });
}

const onlyForms: onRequestHookHandler = (request, reply, done) => {
  reply.header('pragma', 'no-cache'); // errors too, RFC 6749 §5.1
  requireForm(request);
  done();
};

function takesForm(request: FastifyRequest): boolean {
  return request.routeOptions.config?.body !== undefined;
}

function looksAtBody(request: FastifyRequest): boolean {
  return request.routeOptions.config?.body !== 'any';
}

/** @throws {InvalidRequest} */
function requireForm(request: FastifyRequest): void {
  const query = request.url.split('?').slice(1).join('?');
  const leaked = formParameterInQuery(query);
  if (leaked) {
    throw new InvalidRequest(`Send ${leaked} in the form (${FORM}), never in the query string`);
  }
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM || isEncoded(request)) throw new InvalidRequest(`Send a plain form (${FORM})`);
}

function isEncoded({ headers }: FastifyRequest): boolean {
  return (headers['content-encoding'] ?? 'identity') !== 'identity';
}

/** Strict, as the form is: two passwords must not become one by repair. */
function decodeUtf8(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    return refuse(400, 'the body is not UTF-8', 'FST_ERR_CTP_INVALID_JSON_BODY');
  }
}

function refuse(statusCode: number, message: string, code?: string): never {
  throw Object.assign(new Error(message), { statusCode, code });
}
