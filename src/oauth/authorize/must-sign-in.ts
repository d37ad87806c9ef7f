import type { AuthorizationRequest } from '../../protocol/authorization-request.js';

/**
 * Whether a sign-in that was before the request is not enough for it. OIDC Core §3.1.2.1.
 *
 * @param signedInAt epoch milliseconds
 * @param now epoch milliseconds
 */
export function mustSignIn(
  { prompt, maxAge }: Pick<AuthorizationRequest, 'prompt' | 'maxAge'>,
  signedInAt: number,
  now: number,
): boolean {
  if (prompt.includes('login') || prompt.includes('select_account')) return true;
  return maxAge !== undefined && now - signedInAt > maxAge * 1000;
}
