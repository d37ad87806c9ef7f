/** The rungs of ladder.mjs, from the bottom; the product itself stands above the last. */
export const RUNGS = [
  { id: 'fastify', name: 'Fastify alone, answering the same JSON' },
  { id: 'nest', name: '+ Nest: a controller' },
  { id: 'id', name: '+ request id: a random UUID' },
  { id: 'headers', name: '+ headers: the fixed set, and `X-Request-Id`' },
  { id: 'log', name: '+ log: the request log at warn' },
  { id: 'http', name: '+ the rest of the HTTP layer: 404 and 405, CORS, bodies, paths' },
  { id: 'modules', name: '+ all modules; the guard lets a `@Public()` route pass' },
  {
    id: 'guard',
    name: '+ guard: a remembered token, Principals replaced by a constant',
    guarded: true,
  },
];
