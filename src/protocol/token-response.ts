import { formatScope } from './scope.js';

/** What the token endpoint answers. RFC 6749 §5.1. */
export interface TokenResponse {
  access_token: string;
  /** in lower case, as FastAPI's clients compare it */
  token_type: 'bearer';
  /** seconds */
  expires_in: number;
  refresh_token?: string;
  /** OpenID Connect Core §3.1.3.3 */
  id_token?: string;
  /** always sent, so that a client need not remember what it asked for */
  scope: string;
}

export function tokenResponse(granted: {
  accessToken: string;
  expiresIn: number;
  refreshToken?: string | undefined;
  scope: readonly string[];
}): TokenResponse {
  return {
    access_token: granted.accessToken,
    token_type: 'bearer',
    expires_in: granted.expiresIn,
    ...(granted.refreshToken === undefined ? {} : { refresh_token: granted.refreshToken }),
    scope: formatScope(granted.scope),
  };
}
