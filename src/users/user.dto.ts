import { ApiProperty } from '@nestjs/swagger';
import { isoTime } from '../platform/clock.js';
import { ROLES, type User, type UserRole } from './user.entity.js';

/** What an account looks like from outside: these fields and no other. */
export class UserDto {
  @ApiProperty({ format: 'uuid', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11' })
  readonly id!: string;

  @ApiProperty({ example: 'johndoe' })
  readonly username!: string;

  @ApiProperty({ type: 'string', format: 'email', nullable: true, example: 'johndoe@example.com' })
  readonly email!: string | null;

  @ApiProperty({ description: 'Whether a link that was mailed there was followed', example: true })
  readonly email_verified!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'email',
    nullable: true,
    description: 'What the address will be once it is confirmed',
    example: null,
  })
  readonly pending_email!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'John Doe' })
  readonly full_name!: string | null;

  @ApiProperty({ example: false })
  readonly disabled!: boolean;

  @ApiProperty({ enum: ROLES, example: 'user' })
  readonly role!: UserRole;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly created_at!: string;

  static from(user: User): UserDto {
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      email_verified: user.verifiedEmailKey !== null,
      pending_email: user.pendingEmail,
      full_name: user.fullName,
      disabled: user.disabled,
      role: user.role,
      created_at: isoTime(user.createdAt),
    };
  }
}
