import { forge } from '../forge.js';
import type { Attack, Target } from './target.js';

/** Signed with the right key, which no attacker has: each claim is checked for itself. RFC 9068 §4. */
export function badClaims({ service, token }: Target): Attack[] {
  const now = service.clock.now();
  const { url } = service;
  const changes: Record<string, Record<string, unknown>> = {
    'exp a second ago': { exp: now - 1 },
    'no exp': { exp: undefined },
    'exp as text': { exp: String(now + 900) },
    'exp null': { exp: null },
    'exp 1e308': { exp: 1e308 },
    'exp true': { exp: true },
    'exp in a list': { exp: [now + 900] },
    'iat ten minutes ahead': { iat: now + 600 }, // the very 5 s: test/auth/bad-tokens.spec.ts
    'nbf ten minutes ahead': { nbf: now + 600 },
    'nbf as text': { nbf: String(now) },
    'aud in a list': { aud: [url] },
    'aud in a list with another': { aud: [url, 'https://other.example'] },
    'no aud': { aud: undefined },
    'an empty aud': { aud: '' },
    'a foreign aud': { aud: 'https://other.example' },
    'iss with a slash': { iss: `${url}/` },
    'a foreign iss': { iss: 'https://other.example' },
    'no iss': { iss: undefined },
    'a machine’s sub on a session': { sub: 'client:hallpass' },
    'neither session nor machine': { sid: undefined, sub: 'somebody' },
    'no jti': { jti: undefined },
    'no client_id': { client_id: undefined },
  };
  return Object.entries(changes).map(([what, claims]) => [what, forge(service, token, { claims })]);
}
