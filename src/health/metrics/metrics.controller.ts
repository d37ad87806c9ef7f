import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { Public } from '../../auth/public.decorator.js';
import { MetricsTokenGuard } from './metrics-token.guard.js';
import { Metrics } from './metrics.js';

/** For a Prometheus server. No part of the API, so not in its document. */
@ApiExcludeController()
@Public()
@UseGuards(MetricsTokenGuard)
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Get()
  read(): Promise<string> {
    return this.metrics.render();
  }
}
