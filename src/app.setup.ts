import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { serveDocs } from './openapi/docs.js';
import { createHttpServer, type HttpServer } from './platform/http/server.js';
import { validationPipe } from './platform/http/validation.js';
import type { MailTransport } from './platform/mail/transport.js';
import { createLogger } from './platform/log/logger.js';
import { NestLogger } from './platform/log/nest-logger.js';
import type { Settings } from './platform/settings/settings.js';

/**
 * The whole service, ready to listen.
 *
 * @param mail another way for mails than the settings name
 */
export async function createApp(
  settings: Settings,
  mail?: MailTransport,
): Promise<NestFastifyApplication> {
  const logger = createLogger(settings.LOG_LEVEL);
  const http = await createHttpServer(settings, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(settings, mail),
    http.adapter,
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  await setUp(app, http, settings);
  return app;
}

/** What holds for every request; the end-to-end tests apply the same. */
export async function setUp(
  app: NestFastifyApplication,
  { filter }: HttpServer,
  settings: Settings,
): Promise<void> {
  app.useGlobalFilters(filter);
  app.useGlobalPipes(validationPipe());
  if (settings.DOCS) await serveDocs(app);
}
