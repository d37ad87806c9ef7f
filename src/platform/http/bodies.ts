import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidRequest } from '../../protocol/errors.js';
import { decodeForm } from '../../protocol/form.js';
import { tokenParameterInQuery } from '../../protocol/token-request.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** 'form': this route takes an OAuth form, and nothing else */
    body?: 'form';
  }
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Forms for the routes that declare one with `@RouteConfig({ body: 'form' })`, JSON for all others.
 * What is no form is refused before its body is read. RFC 6749 §3.2.
 */
export function acceptForms(server: FastifyInstance): void {
  server.removeContentTypeParser(['text/plain', FORM]);
  server.addContentTypeParser(FORM, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, takesForm(request) ? decodeForm(body as Buffer) : refuseForm());
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (takesForm(request)) {
      reply.header('pragma', 'no-cache'); // errors too, RFC 6749 §5.1
      requireForm(request);
    }
    done();
  });
}

function takesForm(request: FastifyRequest): boolean {
  return request.routeOptions.config?.body === 'form';
}

/** @throws {InvalidRequest} */
function requireForm(request: FastifyRequest): void {
  const query = request.url.split('?').slice(1).join('?');
  const leaked = tokenParameterInQuery(query);
  if (leaked) {
    throw new InvalidRequest(`Send ${leaked} in the form (${FORM}), never in the query string`);
  }
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM) throw new InvalidRequest(`Send a form (${FORM})`);
}

function refuseForm(): never {
  throw Object.assign(new Error('a form on a JSON route'), { statusCode: 415 });
}
