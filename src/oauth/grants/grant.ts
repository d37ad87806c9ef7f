import type { Client } from '../../clients/client.entity.js';
import type { Origin } from '../../platform/http/origin.js';
import type { GrantType, TokenRequest } from '../../protocol/token-request.js';
import type { TokenResponse } from '../../protocol/token-response.js';
import type { User } from '../../users/user.entity.js';

/** A request that has passed every guard: its form is whole and its client known. */
export interface GrantRequest<G extends GrantType> {
  readonly client: Client;
  readonly form: TokenRequest<G>;
  readonly origin: Origin;
  /** whose password it was, with the password grant */
  readonly user: User | undefined;
}

/**
 * One way to get a token. A new one is a class here, a provider in oauth.module.ts, its line in grants.ts
 * and in token-request.ts, and its name among the `grants` of each client that may use it.
 */
export interface Grant<G extends GrantType> {
  readonly type: G;

  /** @throws {OAuthError} */
  exchange(request: GrantRequest<G>): Promise<TokenResponse>;
}
