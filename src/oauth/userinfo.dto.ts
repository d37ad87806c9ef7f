import { ApiProperty } from '@nestjs/swagger';
import { effectiveScope } from '../auth/scopes.js';
import type { UserPrincipal } from '../sessions/principals.js';

/** What the token's scope tells of the person. OpenID Connect Core §5.1, §5.4. */
export class UserinfoDto {
  @ApiProperty({ format: 'uuid', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11' })
  readonly sub!: string;

  @ApiProperty({ required: false, description: 'Scope `profile`, if known', example: 'John Doe' })
  readonly name?: string;

  @ApiProperty({ required: false, description: 'Scope `profile`', example: 'johndoe' })
  readonly preferred_username?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    description: 'Scope `profile`: when the account was last changed, in seconds since 1970',
    example: 1769852400,
  })
  readonly updated_at?: number;

  @ApiProperty({
    required: false,
    format: 'email',
    description: 'Scope `email`, if there is an address',
    example: 'johndoe@example.com',
  })
  readonly email?: string;

  @ApiProperty({
    required: false,
    description: 'With `email`: whether a link that was mailed there was followed',
    example: true,
  })
  readonly email_verified?: boolean;

  /** @param scope of the token; what its client or the user's role has lost since tells nothing */
  static from(principal: UserPrincipal, scope: string): UserinfoDto {
    const { user } = principal;
    const granted = effectiveScope(scope.split(' '), principal);
    return {
      sub: user.id,
      ...(granted.includes('profile') ? profileOf(user) : {}),
      ...(granted.includes('email') ? emailOf(user) : {}),
    };
  }
}

/** What is not known is left out. OpenID Connect Core §5.3.2. */
function profileOf({ fullName, username, updatedAt }: UserPrincipal['user']) {
  const name = fullName === null ? {} : { name: fullName };
  return { ...name, preferred_username: username, updated_at: updatedAt };
}

function emailOf({ email, verifiedEmailKey }: UserPrincipal['user']) {
  return email === null ? {} : { email, email_verified: verifiedEmailKey !== null };
}
