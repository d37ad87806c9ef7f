import { ForbiddenException, Injectable } from '@nestjs/common';
import { type Credentials, PasswordAuthentication } from '../auth/password-authentication.js';
import { unprocessable } from '../platform/http/validation.js';
import { IncorrectPassword } from '../protocol/errors.js';
import { type PasswordOwner, PasswordPolicy } from '../users/password-policy.js';
import type { User } from '../users/user.entity.js';

/** What is asked of people who are to prove a password, or to choose one. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly authentication: PasswordAuthentication,
    private readonly policy: PasswordPolicy,
  ) {}

  /**
   * Asks somebody who is signed in for the password, since a token may be in a thief's hands.
   *
   * @returns the user as read before the password was looked at
   * @throws {ForbiddenException} not 401, upon which an application would sign the person out
   */
  async prove({ id, username }: User, proof: Omit<Credentials, 'username'>): Promise<User> {
    const proved = await this.authentication
      .authenticate({ username, ...proof })
      .catch((error: unknown) => {
        throw error instanceof IncorrectPassword ? incorrect() : error;
      });
    if (proved.id !== id) throw incorrect(); // the name has become another's
    return proved;
  }

  /**
   * @param field what the password is called in the request
   * @throws {UnprocessableEntityException}
   */
  async refuseWeak(field: string, password: string, owner: PasswordOwner): Promise<void> {
    const message = await this.policy.faultOf(password, owner);
    if (message) throw unprocessable([{ field, message }]);
  }
}

function incorrect(): ForbiddenException {
  return new ForbiddenException('Incorrect password');
}
