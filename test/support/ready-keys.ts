import { createPrivateKey } from 'node:crypto';
import { inject } from 'vitest';
import { KeyMaker } from '../../src/keys/key-maker.js';
import { type AsymmetricAlgorithm, type KeyPair, keyPairOf } from '../../src/keys/key-pair.js';

/** As the real one, but that the first pair for RS256, which a new database needs at once, is there already. */
export class ReadyKeyMaker extends KeyMaker {
  /** undefined where no setup has made one, as for the screenshots */
  private ready: Record<number, string> | undefined = inject('rsaKeys');

  override make(algorithm: AsymmetricAlgorithm): Promise<KeyPair> {
    const ready = this.ready?.[this.rsaBits];
    if (algorithm !== 'RS256' || ready === undefined) return super.make(algorithm);
    this.ready = undefined; // a database takes it once
    return Promise.resolve(keyPairOf(algorithm, createPrivateKey(ready)));
  }
}
