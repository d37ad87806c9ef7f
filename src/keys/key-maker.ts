import { Injectable } from '@nestjs/common';
import { type AsymmetricAlgorithm, type KeyPair, makeKeyPair } from './key-pair.js';

/** Makes the pairs of this process; a provider, as one for RS256 takes up to a second and may be had ready. */
@Injectable()
export class KeyMaker {
  make(algorithm: AsymmetricAlgorithm): Promise<KeyPair> {
    return makeKeyPair(algorithm);
  }
}
