// The limit: a hand-written Fastify handler that verifies HS256 with jsonwebtoken and a KeyObject and
// reads a Map. Fair because it does what a guarded route cannot do without (verify, find the user,
// answer JSON), and nothing else: no session, no scope, no headers, no request id, no log.
import { createSecretKey, randomBytes } from 'node:crypto';
import { serve } from './fastify-by-hand.mjs';

const key = createSecretKey(randomBytes(32));
await serve({ algorithm: 'HS256', signWith: key, verifyWith: key });
