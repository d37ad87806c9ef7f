import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Doer } from '../platform/audit/audit.js';
import type { User } from '../users/user.entity.js';
import type { GuardedRequest } from './caller.js';
import { doerOf } from './current-user.decorator.js';

/** Who manages accounts, and which ones. */
export interface UserManager {
  readonly by: Doer;
  /** 'all', or those of users alone and of no administrator */
  readonly reach: 'all' | 'users';
}

/** Who calls, on a route that `@AuthorizeAnyone()` guards. A machine reaches no administrator: it could make one that is its own. */
export const CurrentUserManager = createParamDecorator(
  (_data: unknown, context: ExecutionContext): UserManager => {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const isPerson = request.user?.principal.kind === 'user';
    return { by: doerOf(request), reach: isPerson ? 'all' : 'users' };
  },
);

/**
 * Why an account, as it is and as it would be, is not this manager's to make or to change.
 *
 * @param before undefined while it is not made
 * @param after undefined where nothing of it changes, or it is deleted
 * @returns undefined when it is
 */
export function beyondUserReach(
  before: Pick<User, 'role' | 'disabled'> | undefined,
  after: Partial<Pick<User, 'role' | 'disabled'>> | undefined,
  { reach }: Pick<UserManager, 'reach'>,
): string | undefined {
  if (reach === 'all') return undefined;
  if (before?.role === 'admin') return 'A machine may not manage an administrator';
  if (after?.role === 'admin') return 'A machine may not make an administrator';
  // Whoever disabled an account had a reason, and a machine that could undo it might be that very reason.
  const isEnabled = before?.disabled === true && after?.disabled === false;
  return isEnabled ? 'A machine may disable an account, but not enable it' : undefined;
}
