// The same handler as fastify-hs256.mjs, verifying ES256 on each request: what a resource server does
// that follows the tutorials and remembers nothing.
import { generateKeyPairSync } from 'node:crypto';
import { serve } from './serve.mjs';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
await serve({ algorithm: 'ES256', signWith: privateKey, verifyWith: publicKey });
