import { type CanActivate, ForbiddenException, Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings/settings.js';

/** Refuses sign-ups before anybody looks at what they say, unless the operator has opened them. */
@Injectable()
export class RegistrationGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  /** @throws {ForbiddenException} */
  canActivate(): boolean {
    if (this.settings.REGISTRATION === 'open') return true;
    throw new ForbiddenException('Registration is closed');
  }
}
