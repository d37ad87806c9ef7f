import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Flag } from '../platform/http/flag.js';
import { IfNotNull, IfSent } from '../platform/http/if-sent.decorator.js';
import { Ruled } from '../platform/http/ruled.decorator.js';
import { emailFault, fullNameFault } from '../users/profile.js';
import { ROLES, type UserRole } from '../users/user.entity.js';
import { usernameFault } from '../users/username.js';
import type { UserChanges } from '../users/users.service.js';
import type { Invitation } from './user-administration.js';

export const INVITED_EXAMPLE = 'dave';

const FULL_NAME = {
  type: 'string',
  required: false,
  nullable: true,
  maxLength: 200,
  example: 'Dave Dawson',
} as const;

const Role = (description: string): PropertyDecorator =>
  applyDecorators(
    IfSent(),
    ApiProperty({ required: false, enum: ROLES, description, example: 'user' }),
    IsIn(ROLES, { message: `must be ${ROLES.join(' or ')}` }),
  );

export class InvitationDto {
  @Ruled<InvitationDto>(
    (username, { email }) => usernameFault(username, typeof email === 'string' ? email : undefined),
    {
      description: 'An @ only if it is the e-mail address',
      minLength: 1,
      example: INVITED_EXAMPLE,
    },
  )
  readonly username!: string;

  @Ruled(emailFault, {
    format: 'email',
    maxLength: 254,
    description: 'The link to choose a password is mailed there',
    example: 'dave@example.com',
  })
  readonly email!: string;

  @IfNotNull()
  @Ruled(fullNameFault, FULL_NAME)
  readonly full_name?: string | null;

  @Role('When left out, `user`')
  readonly role?: UserRole;
}

export class UserChangesDto {
  @IfNotNull()
  @Ruled(fullNameFault, { ...FULL_NAME, description: 'null takes it away' })
  readonly full_name?: string | null;

  @Role('Felt on the next request, in every session that there is')
  readonly role?: UserRole;

  @IfSent()
  @Flag({
    required: false,
    description:
      'true ends every session and every mailed link; false revives none of them, and is for administrators',
    example: false,
  })
  readonly disabled?: boolean;
}

export function invitationOf(body: InvitationDto): Invitation {
  const { username, email, full_name: fullName = null, role = 'user' } = body;
  return { username, email, fullName, role };
}

/** Only what was sent. */
export function changesOf({ full_name, role, disabled }: UserChangesDto): UserChanges {
  return {
    ...(full_name === undefined ? {} : { fullName: full_name }),
    ...(role === undefined ? {} : { role }),
    ...(disabled === undefined ? {} : { disabled }),
  };
}
