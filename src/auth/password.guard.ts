import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { TokenEndpointRequest } from './token-endpoint-request.js';

/** Runs LocalStrategy for the grant that needs it; the other grants say in another way for whom they ask. */
@Injectable()
export class PasswordGuard extends AuthGuard('local') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { body: form } = context.switchToHttp().getRequest<TokenEndpointRequest>();
    if (form.grant_type === 'password') await super.canActivate(context);
    return true;
  }
}
