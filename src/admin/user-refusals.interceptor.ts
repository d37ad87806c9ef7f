import {
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { EmailTaken, LastAdministrator, NoSuchUser, UsernameTaken } from '../users/refusals.js';
import { BeyondReach } from './beyond-reach.js';
import { NoLinkPossible } from './user-refusals.js';

const CONFLICTS = [UsernameTaken, EmailTaken, LastAdministrator, NoLinkPossible];

/** Says in HTTP what the administration of accounts refuses. */
@Injectable()
export class UserRefusals implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error) => throwError(() => inHttp(error))));
  }
}

function inHttp(error: unknown): unknown {
  if (error instanceof NoSuchUser) return new NotFoundException(error.message);
  if (error instanceof BeyondReach) return new ForbiddenException(error.message);
  const conflict = CONFLICTS.some((kind) => error instanceof kind);
  return conflict ? new ConflictException((error as Error).message) : error;
}
