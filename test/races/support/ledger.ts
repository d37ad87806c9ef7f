import { askMe, livingOf, type Pair, pairOf, refresh } from './tokens.js';

/** One sign-in, as a client knows it that writes down what it was told, and nothing else. */
export interface Entry {
  /** what the sign-in gave, and the newest that was acknowledged since */
  readonly first: Pair;
  newest: Pair;
  /** acknowledged */
  revoked: boolean;
  /** what was sent and not answered */
  unanswered?: 'refresh' | 'revoke' | undefined;
}

/**
 * Holds the server to what it acknowledged, and to leaving a way on from what it did not. What was
 * in doubt is settled after, and the entry says so.
 *
 * @returns what is wrong
 */
export async function faultsOf(entry: Entry, url: string): Promise<string[]> {
  if (entry.revoked) return prefixed('revoked, yet ', await livingOf(url, known(entry)));
  const { unanswered, newest } = entry;
  const again = await refresh(url, newest);
  entry.unanswered = undefined;
  if (again.status !== 200 && unanswered === 'revoke') {
    entry.revoked = true;
    return prefixed('half revoked: ', await livingOf(url, known(entry)));
  }
  const state = unanswered ? `after an unanswered ${unanswered}` : 'acknowledged';
  if (again.status !== 200) return [`refresh token, ${state}: ${again.status} ${again.text}`];
  entry.newest = pairOf(again);
  return deadOf([newest, entry.newest], url);
}

function known({ first, newest }: Entry): Pair[] {
  return [first, newest];
}

async function deadOf(pairs: readonly Pair[], url: string): Promise<string[]> {
  const answers = await Promise.all(pairs.map((pair) => askMe(url, pair)));
  const refused = answers.filter(({ status }) => status !== 200);
  return refused.map(({ status, text }) => `access token: ${status} ${text}`);
}

function prefixed(prefix: string, faults: readonly string[]): string[] {
  return faults.map((fault) => prefix + fault);
}
