import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiExcludeEndpoint,
  ApiOkResponse,
  type ApiResponseNoStatusOptions,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.decorator.js';
import { ALL_SCOPES } from '../auth/scopes.js';
import { Clients } from '../clients/clients.js';
import { ANY_ORIGIN } from '../platform/http/cors.js';
import { LANGUAGES } from '../platform/pages/languages.js';
import { Settings } from '../platform/settings/settings.js';
import {
  type OpenIdConfiguration,
  openIdConfiguration,
  type ServerFacts,
  type ServerMetadata,
  serverMetadata,
} from '../protocol/metadata.js';
import { GRANT_TYPES } from '../protocol/token-request.js';
import { MetadataDto, OpenIdConfigurationDto } from './metadata.dto.js';

/** Seconds. What it says changes with a release, or with the grants of a client. */
const MAX_AGE = 300;

const HEADERS: ApiResponseNoStatusOptions['headers'] = {
  'Cache-Control': {
    description: 'How long it may be kept, in seconds',
    schema: { type: 'string' },
    example: `public, max-age=${MAX_AGE}`,
  },
};

/** Says where everything is, so that a client needs the issuer's URL and no more. RFC 8414. */
@ApiTags('Tokens')
@Public()
@Controller('.well-known')
export class MetadataController {
  constructor(
    private readonly clients: Clients,
    private readonly settings: Settings,
  ) {}

  @RouteConfig(ANY_ORIGIN)
  @ApiOperation({
    summary: 'Read where everything is',
    description:
      'The metadata of this authorization server (RFC 8414), for clients to configure themselves.',
  })
  @ApiOkResponse({ type: MetadataDto, description: 'What works here', headers: HEADERS })
  @Get('oauth-authorization-server')
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<ServerMetadata> {
    mayBeKept(reply);
    return serverMetadata(await this.facts());
  }

  @RouteConfig(ANY_ORIGIN)
  @ApiOperation({
    summary: 'Read where everything is, with OpenID Connect',
    description: 'The same and what is there for signing people in (OpenID Connect Discovery 1.0).',
  })
  @ApiOkResponse({ type: OpenIdConfigurationDto, description: 'What works here', headers: HEADERS })
  @Get('openid-configuration')
  async readOpenId(@Res({ passthrough: true }) reply: FastifyReply): Promise<OpenIdConfiguration> {
    mayBeKept(reply);
    return openIdConfiguration({ ...(await this.facts()), languages: LANGUAGES });
  }

  /** For an issuer with a path, which comes after the well-known part. RFC 8414 §3.1. */
  @RouteConfig(ANY_ORIGIN)
  @ApiExcludeEndpoint()
  @Get('oauth-authorization-server/*')
  readBelow(
    @Param('*') path: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServerMetadata> {
    this.refuseOther(path);
    return this.read(reply);
  }

  /** Discovery has the issuer's path before the well-known part; RFC 8414 §5 has it here too. */
  @RouteConfig(ANY_ORIGIN)
  @ApiExcludeEndpoint()
  @Get('openid-configuration/*')
  readOpenIdBelow(
    @Param('*') path: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OpenIdConfiguration> {
    this.refuseOther(path);
    return this.readOpenId(reply);
  }

  private async facts(): Promise<ServerFacts> {
    const { PUBLIC_URL, DOCS } = this.settings;
    const usable = await this.clients.grantsInUse();
    return {
      issuer: PUBLIC_URL,
      scopes: ALL_SCOPES,
      grants: GRANT_TYPES.filter((grant) => usable.has(grant)),
      hasDocs: DOCS,
    };
  }

  /** @throws {NotFoundException} below another path than the issuer's */
  private refuseOther(path: string): void {
    const { pathname } = new URL(this.settings.PUBLIC_URL);
    if (pathname === '/' || `/${path}` !== pathname) throw new NotFoundException();
  }
}

function mayBeKept(reply: FastifyReply): void {
  reply.header('cache-control', `public, max-age=${MAX_AGE}`);
}
