import { Strategy } from 'passport-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { JwtStrategy } from '../../src/auth/jwt.strategy.js';

const SECRET = 'of-another-strategy';

describe('a passport-jwt strategy of somebody else in the same process', () => {
  it('keeps the verifier that passport-jwt came with', async () => {
    expect(JwtStrategy.prototype).toBeInstanceOf(Strategy); // loaded, and with it the verifier of ours
    const token = jsonwebtoken.sign({ sub: 'x' }, SECRET);
    const outcome = await new Promise((resolve) => {
      const strategy = new Strategy(
        { jwtFromRequest: () => token, secretOrKey: SECRET },
        (payload: { sub: string }, done: (error: null, user: string) => void) =>
          done(null, payload.sub),
      );
      Object.assign(strategy, { success: resolve, fail: resolve, error: resolve });
      strategy.authenticate({} as never);
    });
    expect(outcome).toBe('x');
  });
});
