import helmet, { type HelmetOptions } from 'helmet';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * 'scripted': a page that runs files of this server, or one of its assets;
     * 'plain': a page without any script, whose errors are pages too. The API has none of them.
     */
    page?: 'scripted' | 'plain';
  }
}

/**
 * Pages get helmet with a strict policy, everything else one constant set of headers: helmet on
 * each request costs 40 % of a guarded route (measured), and an API needs only these.
 */
export function addSecurityHeaders(
  server: FastifyInstance,
  https: boolean,
  styleHash: string,
): void {
  const api = apiHeaders(https);
  // @fastify/helmet puts a promise on each request, pages or not
  const setPageHeaders = {
    scripted: helmet(pagePolicy(https, SCRIPTED)),
    plain: helmet({
      ...pagePolicy(https, plain(styleHash)),
      referrerPolicy: { policy: 'same-origin' },
    }),
  };
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const page = request.routeOptions.config?.page;
    if (page) setPageHeaders[page](request.raw, reply.raw, () => undefined);
    else reply.headers(api);
    if (page === 'plain') reply.header('cache-control', 'no-store'); // as the API; the others are files
    done(); // no async function: that is a promise on each request
  });
}

/** What an answer of the API carries; also for the errors that are sent before any hook runs. */
export function apiHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

type Sources = Readonly<Record<string, readonly string[]>>;

/** Scripts only from files of this server. Swagger UI sets inline styles, so styles may be inline. */
const SCRIPTED: Sources = {
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
};

/**
 * No script at all, one style, and images that are part of the page. Its forms have to say where they
 * come from: under no-referrer browsers send `Origin: null` with them. Fetch §3.2.
 */
function plain(styleHash: string): Sources {
  return { scriptSrc: ["'none'"], styleSrc: [styleHash], imgSrc: ['data:'] };
}

function pagePolicy(https: boolean, sources: Sources): HelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        ...sources,
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    frameguard: { action: 'deny' },
    // An application may open these pages in a pop-up and wait for its answer, which this would cut off.
    crossOriginOpenerPolicy: false,
  };
}
