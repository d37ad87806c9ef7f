// One rung of the ladder that shows what each feature of production costs. RUNG names it (rungs.mjs); it
// serves on PORT. Fair because a rung is made of the product's own compiled functions wherever there is one,
// and answers with the JSON that the product answers with. Nothing is switched off in the product: the lower
// rungs are put together here from less, and the highest has a stand-in for Principals, which Nest's testing
// module puts in its place.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { fastify, LogController } from 'fastify';
import { AppModule } from '../../dist/src/app.module.js';
import { setUp } from '../../dist/src/app.setup.js';
import { Public } from '../../dist/src/auth/public.decorator.js';
import { Clients } from '../../dist/src/clients/clients.js';
import { keepObjectsYoung } from '../../dist/src/boot/young-objects.js';
import { addSecurityHeaders } from '../../dist/src/platform/http/security-headers.js';
import { createHttpServer } from '../../dist/src/platform/http/server.js';
import { createLogger } from '../../dist/src/platform/log/logger.js';
import { NestLogger } from '../../dist/src/platform/log/nest-logger.js';
import { logRequests } from '../../dist/src/platform/log/request-log.js';
import { loadSettings } from '../../dist/src/platform/settings/load-settings.js';
import { Principals } from '../../dist/src/sessions/principals.js';
import { UsersService } from '../../dist/src/users/users.service.js';
import { USER } from './user.mjs';

const settings = loadSettings(process.env);
const logger = createLogger(settings.LOG_LEVEL);
const address = { host: settings.HOST, port: settings.PORT };

/** What decorators do, for a file that nothing compiles. */
class PublicController {
  read() {
    return USER;
  }
}
Controller('public/me')(PublicController);
const handler = [PublicController.prototype, 'read'];
for (const decorate of [Get(), Public()]) {
  decorate(...handler, Object.getOwnPropertyDescriptor(...handler));
}
function PublicModule() {}
Module({ controllers: [PublicController] })(PublicModule);

const withId = { skipMiddie: true, genReqId: () => randomUUID() };
const withLog = {
  ...withId,
  loggerInstance: logger,
  childLoggerFactory: (parent) => parent,
  logController: new LogController({ disableRequestLogging: true }),
};

const LADDER = {
  fastify: () => {
    const server = fastify();
    server.get('/public/me', () => USER);
    return server.listen(address);
  },
  nest: () => nestOn(new FastifyAdapter({ skipMiddie: true })),
  id: () => nestOn(new FastifyAdapter(withId)),
  headers: async () => {
    const adapter = new FastifyAdapter(withId);
    await addSecurityHeaders(adapter.getInstance(), true);
    await nestOn(adapter);
  },
  log: async () => {
    const adapter = new FastifyAdapter(withLog);
    logRequests(adapter.getInstance(), logger);
    await addSecurityHeaders(adapter.getInstance(), true);
    await nestOn(adapter);
  },
  http: async () => {
    const http = await createHttpServer(settings, logger);
    await nestOn(http.adapter, (app) => setUp(app, http, settings));
  },
  modules: () => product((builder) => builder),
  guard: async () => {
    const constant = {};
    const app = await product((builder) =>
      builder.overrideProvider(Principals).useValue({ find: () => constant }),
    );
    const user = await app.get(UsersService).findByUsername('johndoe');
    const client = await app.get(Clients).find('hallpass');
    Object.assign(constant, { kind: 'user', user, client });
  },
};
keepObjectsYoung(); // on every rung, as the product does
await LADDER[process.env.RUNG]();

async function nestOn(adapter, prepare = () => undefined) {
  const app = await NestFactory.create(PublicModule, adapter, { logger: false, bodyParser: false });
  await prepare(app);
  await app.listen(address);
}

/** As createApp() does it, with one more route and what the testing module replaces. */
async function product(replace) {
  const http = await createHttpServer(settings, logger);
  const imports = [AppModule.of(settings), PublicModule];
  const module = await replace(Test.createTestingModule({ imports })).compile();
  const app = module.createNestApplication(http.adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
  });
  await setUp(app, http, settings);
  await app.listen(address);
  return app;
}
