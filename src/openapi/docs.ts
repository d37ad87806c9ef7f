import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { buildDocument } from './document.js';

const PAGE_PATH = /^\/(docs|oauth2-redirect)\b/;

/** Serves /openapi.json and /docs, every asset from here. */
export async function serveDocs(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  markPages(server);
  await serveOAuthRedirect(server);
  SwaggerModule.setup('docs', app, () => buildDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Hallpass',
    swaggerOptions: { tagsSorter: undefined, displayRequestDuration: true },
  });
}

/** Pages get the headers of pages. And `/docs/` leads to `/docs`, where the relative token URL holds. */
function markPages(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (PAGE_PATH.test(route.url)) route.config = { ...route.config, page: true };
  });
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.split('?', 1)[0] === '/docs/') return reply.redirect('../docs', 308);
  });
}

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
