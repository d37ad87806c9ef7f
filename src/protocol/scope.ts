import { InvalidScope } from './errors.js';

/** scope-token of RFC 6749 §3.3: printable ASCII but space, quote and backslash. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const LONGEST_ECHO = 64;

/**
 * Reads a scope parameter into its tokens, in order, each once. RFC 6749 §3.3.
 *
 * @throws {InvalidScope} when a token has other characters than the RFC allows
 */
export function parseScope(text: string): string[] {
  const tokens = [...new Set(text.split(' ').filter((token) => token !== ''))];
  const bad = tokens.find((token) => !SCOPE_TOKEN.test(token));
  if (bad !== undefined) throw new InvalidScope('A scope is malformed');
  return tokens;
}

export function formatScope(tokens: readonly string[]): string {
  return tokens.join(' ');
}

/** The tokens of `wanted` that `allowed` does not hold. */
export function missingScopes(wanted: readonly string[], allowed: Iterable<string>): string[] {
  const held = new Set(allowed);
  return wanted.filter((token) => !held.has(token));
}

/**
 * The scope of a refreshed access token: never more than was granted, RFC 6749 §6.
 *
 * @throws {InvalidScope} naming the first scope that is too much
 */
export function narrowScope(
  granted: readonly string[],
  requested: readonly string[] | undefined,
): readonly string[] {
  if (requested === undefined) return granted;
  const [excess] = missingScopes(requested, granted);
  if (excess !== undefined) throw new InvalidScope(describeScope(excess));
  return requested;
}

/** Says that a scope is refused, quoting it only where it can harm neither a log nor a page. */
export function describeScope(token: string): string {
  return SCOPE_TOKEN.test(token) && token.length <= LONGEST_ECHO
    ? `The scope ${token} is not allowed`
    : 'A scope is not allowed';
}
