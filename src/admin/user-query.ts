import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn } from 'class-validator';
import { IfSent } from '../platform/http/if-sent.decorator.js';
import { PageQuery } from '../platform/http/page.js';
import { Text } from '../platform/http/text.js';
import { ROLES, type UserRole } from '../users/user.entity.js';

/** The query of the list of accounts. */
export class UserQuery extends PageQuery {
  @IfSent()
  @Text({
    min: 1,
    max: 100,
    required: false,
    description:
      'Part of the username, the e-mail address or the full name, without regard to case; every character stands for itself',
    example: 'dave',
  })
  readonly search?: string;

  @IfSent()
  @ApiProperty({ required: false, enum: ROLES, description: 'Only accounts of this role' })
  @IsIn(ROLES, { message: `must be ${ROLES.join(' or ')}` })
  readonly role?: UserRole;

  @IfSent()
  @ApiProperty({
    type: 'boolean',
    required: false,
    description: 'Only accounts that are disabled, or only those that are not',
  })
  @Transform(({ value }: { value: unknown }) => flag(value))
  @IsBoolean({ message: 'must be true or false' })
  readonly disabled?: boolean;
}

function flag(value: unknown): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}
