import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../auth/authorize.decorator.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { UserDto } from '../users/user.dto.js';
import type { User } from '../users/user.entity.js';

/** One's own account. */
@ApiTags('Account')
@Controller('users/me')
export class MeController {
  @Authorize()
  @ApiOperation({
    summary: 'Read your own account',
    description: 'The account that the token was given for.',
  })
  @ApiOkResponse({ type: UserDto, description: 'You' })
  @Get()
  read(@CurrentUser() user: User): UserDto {
    return UserDto.from(user);
  }
}
