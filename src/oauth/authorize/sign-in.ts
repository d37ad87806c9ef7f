import { Injectable } from '@nestjs/common';
import { PasswordAuthentication } from '../../auth/password-authentication.js';
import { PasswordLog, signInBy } from '../../auth/password-log.js';
import type { Client } from '../../clients/client.entity.js';
import { BUILT_IN_CLIENT_ID } from '../../clients/clients.js';
import type { Origin } from '../../platform/http/origin.js';
import {
  IncorrectPassword,
  InvalidRequest,
  TemporarilyUnavailable,
} from '../../protocol/errors.js';
import type { User } from '../../users/user.entity.js';
import { BrowserSessions } from '../../sessions/browser-sessions.js';
import type { SignInFault } from '../pages/sign-in-page.js';

/** What kept somebody from signing in. */
export interface Refusal {
  readonly fault: SignInFault;
  readonly status: number;
  /** seconds */
  readonly retryAfter?: number;
}

interface Typed {
  readonly username: string;
  readonly password: string;
}

interface From {
  readonly origin: Origin;
  /** the cookie that the browser came with: it is never continued, or whoever planted it would be signed in too */
  readonly replacing: string | undefined;
  /** who is signed in with that cookie */
  readonly signedIn: User | undefined;
}

type Attempted =
  { readonly cookie: string; readonly refusal?: undefined } | { readonly refusal: Refusal };

/** Signs a person in to this server, in a browser. */
@Injectable()
export class SignIn {
  constructor(
    private readonly passwords: PasswordAuthentication,
    private readonly browserSessions: BrowserSessions,
    private readonly log: PasswordLog,
  ) {}

  /**
   * @param client for which it is, undefined when for none
   * @returns the cookie of the new browser session, or what is wrong
   */
  async attempt(
    { username, password }: Typed,
    client: Client | undefined,
    { origin, replacing, signedIn }: From,
  ): Promise<Attempted> {
    const missing = missingField({ username, password });
    if (missing) return { refusal: missing };
    const purpose = signInBy(client ?? { id: BUILT_IN_CLIENT_ID }, origin);
    try {
      const user = await this.passwords.authenticate({
        username,
        password,
        address: origin.ip,
        purpose,
        signedIn,
      });
      const cookie = await this.browserSessions.open({ user, origin, replacing });
      await this.log.accepted(purpose, user);
      return { cookie };
    } catch (error) {
      return { refusal: refusalOf(error) };
    }
  }
}

function missingField({ username, password }: Typed): Refusal | undefined {
  if (username === '') return { fault: { kind: 'missing', field: 'username' }, status: 422 };
  if (password === '') return { fault: { kind: 'missing', field: 'password' }, status: 422 };
  return undefined;
}

/** The same for every cause that must not be told apart. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof TemporarilyUnavailable) {
    const retryAfter = Number(error.headers['retry-after']);
    const fault: SignInFault =
      error.status === 429
        ? { kind: 'too_many', minutes: Math.ceil(retryAfter / 60) }
        : { kind: 'busy' };
    return { fault, status: error.status, retryAfter };
  }
  // A password that is too long is as wrong as any other.
  if (error instanceof IncorrectPassword || error instanceof InvalidRequest) {
    return { fault: { kind: 'wrong' }, status: 422 };
  }
  throw error;
}
