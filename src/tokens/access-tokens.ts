import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { LRUCache } from 'lru-cache';
import { Keys } from '../keys/keys.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { newId } from '../platform/ids.js';
import { Settings } from '../platform/settings/settings.js';
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  checkAccessTokenClaims,
  readAccessTokenHeader,
} from '../protocol/access-token.js';
import { InvalidToken } from '../protocol/bearer.js';

const MAX_REMEMBERED = 10_000;

/** What a token says besides who issued it and when. */
export type AccessTokenSubject = Pick<
  AccessTokenClaims,
  'sub' | 'client_id' | 'scope' | 'sid' | 'client_epoch'
>;

/** In epoch seconds. */
export interface Lifetime {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Signs access tokens and verifies them. RFC 9068. */
@Injectable()
export class AccessTokens {
  /**
   * Tokens that have passed every check, so that a signature is verified once and not on each
   * request. By the whole token, as a signature's text can be altered; only successes.
   */
  private readonly verified = new LRUCache<string, AccessTokenClaims>({ max: MAX_REMEMBERED });

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: Keys,
    private readonly settings: Settings,
    private readonly clock: Clock,
    changes: Changes,
  ) {
    // What a withdrawn key has signed must be looked at again.
    changes.listen(({ of }) => of === 'key' && this.verified.clear());
  }

  sign(subject: AccessTokenSubject, { issuedAt, expiresAt }: Lifetime): string {
    const { PUBLIC_URL, TOKEN_ALGORITHM } = this.settings;
    const claims: AccessTokenClaims = {
      iss: PUBLIC_URL,
      aud: PUBLIC_URL,
      ...subject,
      iat: issuedAt,
      exp: expiresAt,
      jti: newId(),
    };
    const { kid, signWith } = this.keys.current;
    // Not signAsync(), which computes on the same thread and takes a stream and four events for it.
    return this.jwt.sign(claims, {
      privateKey: signWith as never, // typed for PEM text; jsonwebtoken takes a KeyObject, and is 30 times faster with one
      algorithm: TOKEN_ALGORITHM,
      header: { alg: TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid },
    });
  }

  /** @throws {InvalidToken} */
  verify(token: string): AccessTokenClaims {
    const known = this.verified.get(token);
    if (known && known.exp > this.clock.now()) return known;
    const claims = this.verifyAfresh(token);
    this.verified.set(token, claims);
    return claims;
  }

  private verifyAfresh(token: string): AccessTokenClaims {
    const { alg, kid } = readAccessTokenHeader(token);
    const { PUBLIC_URL, TOKEN_ALGORITHM } = this.settings;
    const key = this.keys.verificationKey(kid);
    if (!key || alg !== TOKEN_ALGORITHM) throw new InvalidToken('alg or kid is not ours');
    const now = this.clock.now();
    const payload = this.checkSignature(token, key as never, now);
    return checkAccessTokenClaims(payload, { issuer: PUBLIC_URL, audience: PUBLIC_URL, now });
  }

  private checkSignature(token: string, publicKey: never, now: number): unknown {
    const { PUBLIC_URL, TOKEN_ALGORITHM } = this.settings;
    try {
      return this.jwt.verify<object>(token, {
        publicKey,
        algorithms: [TOKEN_ALGORITHM],
        issuer: PUBLIC_URL,
        audience: PUBLIC_URL,
        clockTimestamp: now,
        ignoreNotBefore: true, // checkAccessTokenClaims knows the leeway
      });
    } catch (error) {
      throw new InvalidToken(error instanceof Error ? error.message : 'the signature is wrong');
    }
  }
}
