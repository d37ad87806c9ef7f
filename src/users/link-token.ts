import { createHash, randomBytes } from 'node:crypto';
import type { LinkPurpose } from './account-link.entity.js';

const TOKEN_BYTES = 32;
const PREFIXES: Readonly<Record<LinkPurpose, string>> = {
  email_verification: 'hp_ev_',
  password_reset: 'hp_pr_',
  invitation: 'hp_in_',
};

/** What a mailed link carries: 256 random bits, 49 characters, none of which a URL has to encode. */
export function makeLinkToken(purpose: LinkPurpose): string {
  return PREFIXES[purpose] + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What a token was mailed for, as far as its looks tell: whether it is good is another matter. */
export function looksLike(purpose: LinkPurpose, token: string): boolean {
  return token.startsWith(PREFIXES[purpose]);
}

/** How it is stored. It is random and long, so a fast hash is as good as a slow one. */
export function hashLinkToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
