import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { AuthorizeAnyone } from '../auth/authorize.decorator.js';
import { type ClientManager, CurrentClientManager } from '../auth/client-manager.js';
import { ClientRegistry } from '../clients/client-registry.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { PageQuery } from '../platform/http/page.js';
import { ClientAdministration } from './client-administration.js';
import { changesOf, ClientChangesDto, NewClientDto, registrationOf } from './client-body.dto.js';
import { ClientRefusals } from './client-refusals.interceptor.js';
import { ClientSecretDto, RegisteredClientDto } from './client-secret.dto.js';
import { ClientDto, ClientPageDto } from './client.dto.js';
import { KeepQuery } from './keep-query.js';

const OfClient = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', description: 'The `id` of a client', schema: { type: 'string' } }),
    ApiProblem(404, 'Client not found', 'There is none with this id'),
  );

/** A machine's limits, where it may write. */
const Managed = (): MethodDecorator =>
  ApiProblem(
    403,
    'A machine may not manage a first-party client',
    'A machine manages only clients that are not ours and have no scope beyond its own, and enables none',
  );

const WithSecrets = (): MethodDecorator =>
  ApiProblem(409, 'A public client has no secret', 'Only a confidential client has secrets');

/** The applications that may ask for tokens. */
@ApiTags('Administration')
@UseInterceptors(ClientRefusals)
@Controller('clients')
export class ClientsController {
  constructor(
    private readonly registry: ClientRegistry,
    private readonly administration: ClientAdministration,
  ) {}

  @AuthorizeAnyone('clients:read')
  @ApiOperation({
    summary: 'List the clients',
    description:
      'In the order in which they were registered, in pages; the built-in ones are last.',
  })
  @ApiOkResponse({ type: ClientPageDto, description: 'A page of the clients' })
  @Get()
  async list(@Query() query: PageQuery): Promise<ClientPageDto> {
    return (await this.registry.page(query)).map(ClientDto.from);
  }

  @AuthorizeAnyone('clients:write')
  @Managed()
  @ApiOperation({
    summary: 'Register a client',
    description: 'The answer for a confidential one holds its secret, which is never shown again.',
  })
  @ApiCreatedResponse({ type: RegisteredClientDto, description: 'The new client' })
  @Post()
  async create(
    @CurrentClientManager() manager: ClientManager,
    @Body() body: NewClientDto,
  ): Promise<RegisteredClientDto> {
    const registered = await this.administration.register(registrationOf(body), manager);
    return RegisteredClientDto.of(registered);
  }

  @AuthorizeAnyone('clients:read')
  @OfClient()
  @ApiOperation({ summary: 'Read a client', description: 'Its secrets are nowhere to be read.' })
  @ApiOkResponse({ type: ClientDto, description: 'The client' })
  @Get(':id')
  async read(@Param('id') id: string): Promise<ClientDto> {
    return ClientDto.from(await this.registry.read(id));
  }

  @AuthorizeAnyone('clients:write')
  @OfClient()
  @Managed()
  @ApiOperation({
    summary: 'Change a client',
    description:
      'Fields that are left out stay as they are. What is taken away is felt on the next request. ' +
      '`disabled: true` ends every session and token of the client, and nothing revives them. ' +
      '`disabled: false` is for administrators: a machine may not enable a client.',
  })
  @ApiOkResponse({ type: ClientDto, description: 'The client as it is now' })
  @Patch(':id')
  async change(
    @CurrentClientManager() manager: ClientManager,
    @Param('id') id: string,
    @Body() body: ClientChangesDto,
  ): Promise<ClientDto> {
    return ClientDto.from(await this.administration.change(id, changesOf(body), manager));
  }

  @AuthorizeAnyone('clients:write')
  @OfClient()
  @Managed()
  @ApiProblem(
    409,
    'A built-in client cannot be deleted; disable it instead',
    'Everything that names no client acts for `hallpass`, and the docs page for `hallpass-docs`',
  )
  @ApiOperation({
    summary: 'Delete a client',
    description: 'Every session and token of it ends. It cannot be brought back.',
  })
  @ApiNoContentResponse({ description: 'It is gone' })
  @HttpCode(204)
  @Delete(':id')
  async delete(
    @CurrentClientManager() manager: ClientManager,
    @Param('id') id: string,
  ): Promise<void> {
    await this.administration.delete(id, manager);
  }

  @AuthorizeAnyone('clients:write')
  @OfClient()
  @Managed()
  @WithSecrets()
  @ApiOperation({
    summary: 'Make one more secret',
    description:
      'The two newest secrets are valid, so a machine can change over without an interruption; a ' +
      'third retires the oldest. Tokens that were got with an older one stay good until they expire.',
  })
  @ApiCreatedResponse({ type: ClientSecretDto, description: 'The secret, shown this once' })
  @Post(':id/secret')
  async makeSecret(
    @CurrentClientManager() manager: ClientManager,
    @Param('id') id: string,
  ): Promise<ClientSecretDto> {
    return { id, secret: await this.administration.makeSecret(id, manager) };
  }

  @AuthorizeAnyone('clients:write')
  @OfClient()
  @Managed()
  @WithSecrets()
  @ApiOperation({
    summary: 'Withdraw the secrets',
    description:
      'For secrets that may be in the wrong hands. Every session and token of the client ends too, ' +
      'whichever secret it came by.',
  })
  @ApiNoContentResponse({ description: 'They are good for nothing any more' })
  @HttpCode(204)
  @Delete(':id/secret')
  async withdrawSecrets(
    @CurrentClientManager() manager: ClientManager,
    @Param('id') id: string,
    @Query() { keep }: KeepQuery,
  ): Promise<void> {
    await this.administration.withdrawSecrets(id, keep ?? 'none', manager);
  }
}
