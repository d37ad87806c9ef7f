import { Injectable } from '@nestjs/common';
import { Settings } from '../platform/settings/settings.js';
import {
  type AsymmetricAlgorithm,
  type KeyPair,
  makeKeyPair,
  type PublicJwk,
  RSA_BITS,
  rsaBitsOf,
} from './key-pair.js';

/** Makes the pairs of this process; a provider, as one for RS256 takes up to a second and may be had ready. */
@Injectable()
export class KeyMaker {
  /** as few as a key of RS256 may have here */
  protected readonly rsaBits: number;

  constructor({ TOKEN_ALGORITHM }: Settings) {
    this.rsaBits = TOKEN_ALGORITHM === 'RS256' ? RSA_BITS.accessTokens : RSA_BITS.idTokens;
  }

  make(algorithm: AsymmetricAlgorithm): Promise<KeyPair> {
    return makeKeyPair(algorithm, this.rsaBits);
  }

  /** Whether a key was made when RS256 was for ID tokens alone, and access tokens are signed with it now. */
  isTooShort(publicJwk: PublicJwk): boolean {
    return rsaBitsOf(publicJwk) < this.rsaBits;
  }
}
