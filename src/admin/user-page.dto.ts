import { ApiProperty } from '@nestjs/swagger';
import { NextCursor } from '../platform/http/page.js';
import { UserDto } from '../users/user.dto.js';

export class UserPageDto {
  @ApiProperty({ type: [UserDto] })
  readonly items!: readonly UserDto[];

  @NextCursor()
  readonly next!: string | null;
}
