import type { ApiPropertyOptions } from '@nestjs/swagger';
import { IfNotNull } from '../platform/http/if-sent.decorator.js';
import { Ruled } from '../platform/http/ruled.decorator.js';
import { Text } from '../platform/http/text.js';
import { PASSWORD_MAX_CHARACTERS } from '../users/password-hash.js';
import { emailFault, fullNameFault } from '../users/profile.js';
import { usernameFault } from '../users/username.js';

const EMAIL: ApiPropertyOptions = {
  type: 'string',
  format: 'email',
  required: false,
  nullable: true,
  maxLength: 254,
  example: 'carol@example.com',
};
const FULL_NAME: ApiPropertyOptions = {
  type: 'string',
  required: false,
  nullable: true,
  maxLength: 200,
  example: 'Carol Carpenter',
};
/** As sent; its normal form, which counts, is never longer and may be much shorter. */
const LONGEST_PASSWORD = 4 * PASSWORD_MAX_CHARACTERS;
const CURRENT_PASSWORD = {
  min: 1,
  max: LONGEST_PASSWORD,
  description: 'The password as it is now',
  example: 'secret',
};
const NEW_PASSWORD = {
  min: 1,
  max: LONGEST_PASSWORD,
  description: 'PASSWORD_MIN_LENGTH to 1,024 characters, and none of the most common passwords',
  example: 'a garden in the rain',
};

export const RESET_TOKEN_EXAMPLE = 'hp_pr_x0aZbQ4mTz1kXh6V9cR3yJ8wN5sLdE2uGfPqKtBiOvY';
export const VERIFICATION_TOKEN_EXAMPLE = 'hp_ev_x0aZbQ4mTz1kXh6V9cR3yJ8wN5sLdE2uGfPqKtBiOvY';

/** A token is 49 characters; what is longer is none. */
const LINK_TOKEN = {
  min: 1,
  max: 100,
  description: 'From the link that was mailed',
  example: RESET_TOKEN_EXAMPLE,
};

export class SignUpDto {
  @Ruled<SignUpDto>(
    (username, { email }) => usernameFault(username, typeof email === 'string' ? email : undefined),
    {
      description: 'An @ only if it is the e-mail address',
      minLength: 1,
      example: 'carol',
    },
  )
  readonly username!: string;

  @Text(NEW_PASSWORD)
  readonly password!: string;

  @IfNotNull()
  @Ruled(emailFault, { ...EMAIL, description: 'A link to confirm it is mailed there' })
  readonly email?: string | null;

  @IfNotNull()
  @Ruled(fullNameFault, FULL_NAME)
  readonly full_name?: string | null;
}

export class AccountChangesDto {
  @IfNotNull()
  @Ruled(emailFault, {
    ...EMAIL,
    description: 'A confirmed one stays until the new one is confirmed; null takes it away',
  })
  readonly email?: string | null;

  @IfNotNull()
  @Ruled(fullNameFault, { ...FULL_NAME, description: 'null takes it away' })
  readonly full_name?: string | null;
}

export class PasswordChangeDto {
  @Text(CURRENT_PASSWORD)
  readonly current_password!: string;

  @Text(NEW_PASSWORD)
  readonly new_password!: string;
}

export class DeletionDto {
  @Text(CURRENT_PASSWORD)
  readonly password!: string;
}

export class ResetRequestDto {
  @Text({
    min: 1,
    max: 254,
    description: 'Either of them; the link goes to the confirmed address',
    example: 'alice',
  })
  readonly username_or_email!: string;
}

export class NewPasswordDto {
  @Text(LINK_TOKEN)
  readonly token!: string;

  @Text(NEW_PASSWORD)
  readonly new_password!: string;
}

export class EmailVerificationDto {
  @Text({ ...LINK_TOKEN, example: VERIFICATION_TOKEN_EXAMPLE })
  readonly token!: string;
}
