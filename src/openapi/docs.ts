import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { buildDocument } from './document.js';
import { servePages } from './pages.js';

/** Serves /openapi.json and the pages that show it. */
export async function serveDocs(app: NestFastifyApplication): Promise<void> {
  SwaggerModule.setup('docs', app, () => buildDocument(app), {
    ui: false, // Nest's page has no place for a header, and none for a phone
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
  await servePages(app.getHttpAdapter().getInstance());
}
