import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const BUILT = builtPages();

/** Each page, and what it loads. The rest of a folder (source maps, package.json) is not for the world. */
const FILES: Readonly<Record<string, readonly [folder: string, file: string]>> = {
  '/docs': [BUILT, 'docs.html'],
  '/docs/docs.css': [BUILT, 'docs.css'],
  '/docs/docs.js': [BUILT, 'docs.js'],
  '/docs/logo.svg': [BUILT, 'logo.svg'],
  '/docs/page.css': [BUILT, 'page.css'],
  '/docs/swagger-ui.css': [SWAGGER_UI, 'swagger-ui.css'],
  '/docs/swagger-ui-bundle.js': [SWAGGER_UI, 'swagger-ui-bundle.js'],
  '/redoc': [BUILT, 'redoc.html'],
  '/redoc/redoc.css': [BUILT, 'redoc.css'],
  '/redoc/redoc.js': [BUILT, 'redoc.js'],
  '/redoc/redoc.standalone.js': [BUILT, 'redoc.standalone.js'],
  '/redoc/redoc.standalone.js.LICENSE.txt': [BUILT, 'redoc.standalone.js.LICENSE.txt'],
  // Swagger UI's own way back from an authorization server; the page loads its script from beside it.
  '/oauth2-redirect.html': [SWAGGER_UI, 'oauth2-redirect.html'],
  '/oauth2-redirect.js': [SWAGGER_UI, 'oauth2-redirect.js'],
};

/**
 * Serves /docs and /redoc, every asset from here. All links are relative, so that they hold behind
 * any path prefix.
 *
 * @throws {Error} where the build has left out a file
 */
export async function servePages(server: FastifyInstance): Promise<void> {
  await server.register(fastifyStatic, { root: BUILT, serve: false });
  for (const [url, [folder, file]] of Object.entries(FILES)) {
    const path = join(folder, file);
    if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\` first`);
    server.get(url, { config: { page: 'scripted', cors: false } }, (request, reply) => {
      // The links hold at /docs, and not at /docs/.
      const [asked = ''] = request.url.split('?', 1);
      if (asked.endsWith('/')) return reply.redirect(`../${basename(url)}`, 308);
      return reply.sendFile(file, folder);
    });
  }
}

/** Under vitest this module is TypeScript, and the pages are those of the last build. */
function builtPages(): string {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/pages' : '../../pages';
  return fileURLToPath(new URL(folder, import.meta.url));
}
