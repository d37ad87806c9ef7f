import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Client } from '../clients/client.entity.js';
import { ASYMMETRIC_ALGORITHMS } from '../keys/key-pair.js';
import { Keys } from '../keys/keys.js';
import { Clock } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import {
  accessTokenHash,
  checkIdTokenHint,
  ID_TOKEN_TYPE,
  type IdTokenClaims,
  type IdTokenHint,
  LONGEST_ID_TOKEN,
} from '../protocol/id-token.js';

/** Who signed in where, and what the token is sent along with. */
export interface IdTokenSubject {
  readonly userId: string;
  readonly client: Pick<Client, 'id' | 'idTokenSignedResponseAlg'>;
  /** of the session */
  readonly sid: string;
  /** when the person typed a password, in epoch seconds */
  readonly authTime: number;
  /** as the request had it */
  readonly nonce: string | undefined;
  readonly accessToken: string;
}

/** Signs id_tokens, and reads those that come back as a hint. OpenID Connect Core §2. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: Keys,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  sign({ userId, client, sid, authTime, nonce, accessToken }: IdTokenSubject): string {
    const algorithm = client.idTokenSignedResponseAlg;
    const issuedAt = this.clock.now();
    const claims: IdTokenClaims = {
      iss: this.settings.PUBLIC_URL,
      sub: userId,
      aud: client.id,
      exp: issuedAt + this.settings.ACCESS_TOKEN_TTL_SECONDS,
      iat: issuedAt,
      auth_time: authTime,
      ...(nonce === undefined ? {} : { nonce }),
      at_hash: accessTokenHash(accessToken),
      sid,
    };
    const { kid, signWith } = this.keys.currentOf(algorithm);
    return this.jwt.sign(claims, {
      privateKey: signWith as never, // as for access tokens
      algorithm,
      header: { alg: algorithm, typ: ID_TOKEN_TYPE, kid },
    });
  }

  /**
   * Reads an id_token of ours, however old: it says who somebody was, and opens nothing. Also one of a key that
   * has retired, as long as that is held. RP-Initiated Logout 1.0 §4.
   *
   * @returns null for anything else, an access token among it
   */
  readHint(text: string): IdTokenHint | null {
    const key = text.length > LONGEST_ID_TOKEN ? undefined : this.keyOf(text);
    if (!key) return null;
    const issuer = this.settings.PUBLIC_URL;
    try {
      const payload = this.jwt.verify<object>(text, {
        publicKey: key.verifyWith as never,
        algorithms: [key.algorithm],
        issuer,
        ignoreExpiration: true,
      });
      return checkIdTokenHint(payload, issuer) ?? null;
    } catch {
      return null;
    }
  }

  private keyOf(text: string) {
    const { alg, typ, kid } = headerOf(text);
    const algorithm = ASYMMETRIC_ALGORITHMS.find((one) => one === alg);
    if (algorithm === undefined || typ !== ID_TOKEN_TYPE || typeof kid !== 'string')
      return undefined;
    const verifyWith = this.keys.heldKey(algorithm, kid);
    return verifyWith && { algorithm, verifyWith };
  }
}

/** Of a text that may come from anybody. */
function headerOf(text: string): Record<string, unknown> {
  try {
    const header = JSON.parse(Buffer.from(text.split('.', 1)[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
