import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import { InjectDataSource } from '@nestjs/typeorm';
import { Public } from '../auth/public.decorator.js';
import { Keys } from '../keys/keys.js';
import { HallpassDataSource } from '../platform/database/hallpass-data-source.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { UNLIMITED } from '../platform/http/request-limit.js';
import { HealthDto } from './health.dto.js';

/** For whoever supervises the process: restart it when it is not live, send it no requests while it is not ready. */
@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    @InjectDataSource() private readonly dataSource: HallpassDataSource,
    private readonly keys: Keys,
  ) {}

  @ApiOperation({
    summary: 'Is the process alive?',
    description: 'Looks at nothing else: restart it when there is no answer.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'It answers' })
  @RouteConfig(UNLIMITED)
  @Get('live')
  live(): HealthDto {
    return { status: 'ok' };
  }

  @ApiOperation({
    summary: 'Can it serve?',
    description: 'Looks at the database, its migrations and the signing keys.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'It can' })
  @ApiProblem(503, 'Not ready: database, migrations', 'It cannot; `detail` names what fails')
  @RouteConfig(UNLIMITED)
  @Get('ready')
  async ready(): Promise<HealthDto> {
    try {
      await this.health.check([
        () => this.database.pingCheck('database'),
        () => this.check('migrations', async () => !(await this.dataSource.hasPendingMigrations())),
        () => this.check('keys', () => Promise.resolve(this.keys.ready)),
      ]);
      return { status: 'ok' };
    } catch (error) {
      throw new ServiceUnavailableException(`Not ready: ${failing(error).join(', ')}`);
    }
  }

  private async check(name: string, isUp: () => Promise<boolean>) {
    const indicator = this.indicators.check(name);
    return (await isUp().catch(() => false)) ? indicator.up() : indicator.down();
  }
}

/** The names alone: what a driver says of itself is nobody else's business. */
function failing(error: unknown): string[] {
  if (!(error instanceof ServiceUnavailableException)) throw error;
  const { error: down } = error.getResponse() as { error?: Record<string, unknown> };
  return Object.keys(down ?? {});
}
