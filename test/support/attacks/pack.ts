import { badClaims } from './claims.js';
import { badNumbers } from './ecdsa.js';
import { badHeaders } from './headers.js';
import { badPaddings } from './rsa.js';
import { badSignatures } from './signatures.js';
import { badSpellings } from './spellings.js';
import type { Attack, Target } from './target.js';

/** Everything that must be taken for a token nowhere. */
export function attackPack(target: Target): Attack[] {
  return [
    ...badClaims(target),
    ...badHeaders(target),
    ...badSignatures(target),
    ...badNumbers(target),
    ...badPaddings(target),
    ...badSpellings(target),
  ];
}
