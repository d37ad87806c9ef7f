import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { UsersModule } from '../../users/users.module.js';
import { measureRequests } from './measure-requests.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** With METRICS=on alone: without this module nothing is measured. */
@Module({ imports: [UsersModule], controllers: [MetricsController], providers: [Metrics] })
export class MetricsModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    measureRequests(this.host.httpAdapter.getInstance(), this.metrics);
  }
}
