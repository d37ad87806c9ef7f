import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authorize, AuthorizeAnyone } from '../../auth/authorize.decorator.js';
import { BearerToken, CurrentUser } from '../../auth/current-user.decorator.js';
import type { User } from '../../users/user.entity.js';
import { ItemDto, SecretDto } from './item.dto.js';

/** The smallest guarded API: one route that needs a scope, and one that needs only a token. */
@ApiTags('Items')
@Controller('items')
export class ItemsController {
  @Authorize('items:read')
  @ApiOperation({ summary: 'List your items', description: 'One item, which is yours.' })
  @ApiOkResponse({ type: [ItemDto], description: 'Your items' })
  @Get()
  list(@CurrentUser() user: User): ItemDto[] {
    return [{ item_id: 'Foo', owner: user.username }];
  }

  @AuthorizeAnyone()
  @ApiOperation({ summary: 'Read a secret', description: 'Any good token opens it.' })
  @ApiOkResponse({ type: SecretDto, description: 'The secret, and the token that opened it' })
  @Get('secret')
  secret(@BearerToken() token: string): SecretDto {
    return { message: 'This is a protected route!', token };
  }
}
