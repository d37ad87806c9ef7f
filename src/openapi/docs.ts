import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { buildDocument } from './document.js';

const PAGE_PATH = /^\/(docs|oauth2-redirect)\b/;

const PAGE_ALIASES = ['/docs/', '/docs/index.html'];

/** What the page loads; the rest of swagger-ui-dist (its package.json, source maps) is not for the world. */
const ASSETS = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
];

/** Neither a bar with nothing in it, nor a choice of one server. */
const TIDY = '.swagger-ui .topbar, .swagger-ui .schemes-server-container > div { display: none }';

/** Serves /openapi.json and /docs, every asset from here. */
export async function serveDocs(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  markPages(server);
  await serveOAuthRedirect(server);
  SwaggerModule.setup('docs', app, () => buildDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Hallpass',
    customCss: TIDY,
    swaggerOptions: { displayRequestDuration: true, defaultModelsExpandDepth: 0 },
  });
}

/** Pages get the headers of pages. And every other name of `/docs` leads there, where the relative token URL holds. */
function markPages(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (!PAGE_PATH.test(route.url)) return;
    route.config = { ...route.config, page: true, cors: false };
    route.onRequest = [route.onRequest ?? [], leadToPage].flat();
  });
}

const leadToPage: onRequestHookHandler = (request, reply, done) => {
  const path = request.url.split('?', 1)[0] as string;
  if (PAGE_ALIASES.includes(path)) return reply.redirect('../docs', 308);
  if (request.routeOptions.url !== '/docs/*') return done();
  const { '*': file } = request.params as { '*': string };
  return done(ASSETS.includes(file) ? undefined : new NotFoundException());
};

/** Swagger UI's own way back from an authorization server; the page loads its script from beside it. */
async function serveOAuthRedirect(server: FastifyInstance): Promise<void> {
  const folder = createRequire(import.meta.url)('swagger-ui-dist/absolute-path.js')() as string;
  const files = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' };
  for (const [extension, type] of Object.entries(files)) {
    const content = await readFile(join(folder, `oauth2-redirect.${extension}`));
    server.get(`/oauth2-redirect.${extension}`, (_request, reply) =>
      reply.type(type).send(content),
    );
  }
}
