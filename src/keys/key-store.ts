import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, MoreThanOrEqual, Not, Repository } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { DerivedKeys } from '../platform/settings/derived-keys.js';
import { Settings } from '../platform/settings/settings.js';
import { openPrivateKey, sealPrivateKey } from './key-cipher.js';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm, type KeyPair } from './key-pair.js';
import { SigningKey } from './signing-key.entity.js';

const PURPOSE = 'hallpass/signing-key/v1';
const FROM_THE_FIRST = { ES256: 0, RS256: 0 };

/** The stored keys, and what opens their private parts. */
@Injectable()
export class KeyStore {
  constructor(
    @InjectRepository(SigningKey) private readonly rows: Repository<SigningKey>,
    private readonly settings: Settings,
    private readonly derived: DerivedKeys,
    private readonly clock: Clock,
  ) {}

  /** Newest first, as everywhere. */
  of(algorithm: AsymmetricAlgorithm): Promise<SigningKey[]> {
    return this.rows.find({ where: { algorithm }, order: { generation: 'DESC' } });
  }

  /** In one query, as every process asks it twice a second. @param from the oldest of each to be read */
  all(from: Readonly<Record<AsymmetricAlgorithm, number>> = FROM_THE_FIRST): Promise<SigningKey[]> {
    return this.rows.find({
      where: ASYMMETRIC_ALGORITHMS.map((algorithm) => ({
        algorithm,
        generation: MoreThanOrEqual(from[algorithm]),
      })),
      order: { algorithm: 'ASC', generation: 'DESC' },
    });
  }

  /** @returns false when another process has made the key of this generation */
  async add(
    { publicJwk, privateKey }: KeyPair,
    { generation, signsFrom }: Pick<SigningKey, 'generation' | 'signsFrom'>,
  ): Promise<boolean> {
    const { kid, alg: algorithm } = publicJwk;
    try {
      await this.rows.insert({
        kid,
        algorithm,
        generation,
        publicJwk: JSON.stringify(publicJwk),
        encryptedPrivateKey: sealPrivateKey(privateKey, kid, this.derived.first(PURPOSE)),
        createdAt: this.clock.now(),
        signsFrom,
        longestTtlSeconds: this.settings.ACCESS_TOKEN_TTL_SECONDS,
        revokedAt: null,
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** @returns undefined when it was deleted, or no listed secret opens it */
  privateKey({ kid, encryptedPrivateKey: sealed }: SigningKey): KeyObject | undefined {
    if (sealed === null) return undefined;
    for (const secret of this.derived.all(PURPOSE)) {
      const key = openPrivateKey(sealed, kid, secret);
      if (key) return key;
    }
    return undefined;
  }

  /** @throws {Error} with the remedy, when no listed secret opens a private part */
  refuseUnreadable(keys: readonly SigningKey[]): void {
    for (const key of keys) {
      if (key.encryptedPrivateKey !== null && !this.privateKey(key)) {
        throw new Error(unreadable(key.kid));
      }
    }
  }

  /** After AUTH_SECRET=new,old the stored keys move under the new secret, so that the old one can go. */
  async reseal(keys: readonly SigningKey[]): Promise<void> {
    const first = this.derived.first(PURPOSE);
    for (const { kid, encryptedPrivateKey: sealed, ...key } of keys) {
      if (sealed === null || openPrivateKey(sealed, kid, first)) continue;
      const privateKey = this.privateKey({ kid, encryptedPrivateKey: sealed, ...key });
      if (!privateKey) continue;
      await this.rows.update(
        { kid, encryptedPrivateKey: sealed }, // unless it was deleted meanwhile
        { encryptedPrivateKey: sealPrivateKey(privateKey, kid, first) },
      );
    }
  }

  /** @returns false when it was revoked before */
  async revoke(kid: string, revokedAt: number): Promise<boolean> {
    const { affected } = await this.rows.update(
      { kid, revokedAt: IsNull() },
      { revokedAt, encryptedPrivateKey: null },
    );
    return affected === 1;
  }

  async deletePrivateKeys(kids: readonly string[]): Promise<void> {
    await this.rows.update(
      { kid: In([...kids]), encryptedPrivateKey: Not(IsNull()) },
      { encryptedPrivateKey: null },
    );
  }

  /** Notes that these keys may sign tokens that live this long; what is stored never becomes shorter. */
  async raiseLongestTtl(kids: readonly string[], seconds: number): Promise<void> {
    await this.rows.update(
      { kid: In([...kids]), longestTtlSeconds: LessThan(seconds) },
      { longestTtlSeconds: seconds },
    );
  }
}

function unreadable(kid: string): string {
  return (
    `The signing key ${kid} in the database was encrypted under an AUTH_SECRET that is not set. ` +
    'Add the secret it was made with to the list: AUTH_SECRET=new,old ' +
    '(where none was set, the old one is what data/auth-secret holds)'
  );
}
