// The same handler as fastify-hs256.mjs, verifying ES256 on each request. Fair because that is the
// algorithm of Hallpass' tokens, verified as a resource server does that remembers nothing.
import { generateKeyPairSync } from 'node:crypto';
import { serve } from './fastify-by-hand.mjs';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
await serve({ algorithm: 'ES256', signWith: privateKey, verifyWith: publicKey });
