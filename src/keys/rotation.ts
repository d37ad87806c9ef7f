import { Injectable } from '@nestjs/common';
import { Audit, type Doer, SYSTEM } from '../platform/audit/audit.js';
import { Clock, isoTime } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { KeyMaker } from './key-maker.js';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm, type PublicJwk } from './key-pair.js';
import { KeyStore } from './key-store.js';
import { Keys } from './keys.js';
import { isOld, keysIn, signsFromAfter } from './lifecycle.js';
import type { SigningKey } from './signing-key.entity.js';

/** A key that was made just now; `signsFrom` in epoch seconds. */
export type MadeKey = Pick<SigningKey, 'kid' | 'signsFrom'>;

/** Why the next key is made without being asked for. */
type Due = 'age' | 'too_short';

/** With HS256 no key of access tokens is stored. */
export class NoStoredKeys extends Error {
  constructor() {
    super(
      'With TOKEN_ALGORITHM=HS256 access tokens are signed with JWT_SECRET: change it to JWT_SECRET=new,old and restart, ' +
        'and to JWT_SECRET=new once the last token of the old one has expired (or at once, if it is known to others). ' +
        'The keys of id_tokens have --algorithm RS256 and --algorithm ES256',
    );
  }
}

/** The next key is there already. */
export class NextKeyWaiting extends Error {
  constructor(key: MadeKey | undefined) {
    super(
      key
        ? `The key ${key.kid} is new and signs from ${isoTime(key.signsFrom)}: rotate again after that`
        : 'Another process has just made a key',
    );
  }
}

export class UnknownKey extends Error {}

/** Makes keys, and takes them out of use. The unique generation decides between processes. */
@Injectable()
export class Rotation {
  constructor(
    private readonly maker: KeyMaker,
    private readonly store: KeyStore,
    private readonly keys: Keys,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {}

  /** Makes the first keys, which sign at once: nobody can have kept an older JWKS. */
  async ensureSigningKeys(): Promise<void> {
    await Promise.all(ASYMMETRIC_ALGORITHMS.map((algorithm) => this.ensureSigningKey(algorithm)));
  }

  /**
   * Makes the next key. It waits in the JWKS before it signs; the one before it then verifies for as
   * long as its tokens live. While one waits there is no other: it would only make the JWKS longer.
   *
   * @param algorithm that of access tokens, when none is named
   * @throws {NoStoredKeys} when none is named, with HS256
   * @throws {NextKeyWaiting} also when another process was faster
   */
  async rotate(by: Doer, algorithm?: AsymmetricAlgorithm): Promise<MadeKey> {
    return this.makeNext(algorithm ?? this.ofAccessTokens(), by, 'rotated');
  }

  /** @param keys the stored keys of one algorithm that are not over */
  async rotateWhenDue(keys: readonly SigningKey[]): Promise<void> {
    const now = this.clock.now();
    const [signing] = keysIn(['signing'], keys, now);
    const reason = signing && this.dueBecause(signing, now);
    if (!reason) return;
    if (keysIn(['waiting'], keys, now).length > 0) return;
    try {
      await this.makeNext(signing.algorithm, SYSTEM, reason);
    } catch (error) {
      if (!(error instanceof NextKeyWaiting)) throw error;
    }
  }

  /**
   * Refuses a key and all that it has signed, from now on. The one that signs is replaced by a key
   * that signs at once, unpublished as it is: whoever got one private part may have got that of a
   * waiting key too. A key that had waited leaves its predecessor signing. May be done twice.
   *
   * @returns the replacement, if there had to be one
   * @throws {NoStoredKeys} with HS256, for a key that is not stored: it may be of JWT_SECRET
   * @throws {UnknownKey}
   */
  async revoke(kid: string, by: Doer): Promise<MadeKey | undefined> {
    const key = (await this.store.all()).find((stored) => stored.kid === kid);
    if (!key)
      throw this.settings.TOKEN_ALGORITHM === 'HS256' ? new NoStoredKeys() : new UnknownKey();
    const now = this.clock.now();
    // First, so that there is no moment without a key, and a crash in between leaves one too many.
    const replacement = key.revokedAt === null ? await this.replace(key) : undefined;
    const revoked = await this.store.revoke(kid, now);
    if (replacement) await this.recordCreation(replacement, by, 'replaces_revoked');
    if (revoked) await this.audit.record({ event: 'key.revoked', by, subject: `key:${kid}` });
    await this.keys.refresh();
    return replacement;
  }

  private dueBecause(key: SigningKey, now: number): Due | undefined {
    if (isOld(key, this.settings.KEY_MAX_AGE_DAYS, now)) return 'age';
    return this.maker.isTooShort(JSON.parse(key.publicJwk) as PublicJwk) ? 'too_short' : undefined;
  }

  private async ensureSigningKey(algorithm: AsymmetricAlgorithm): Promise<void> {
    const keys = await this.store.of(algorithm);
    if (keysIn(['waiting', 'signing'], keys, this.clock.now()).length > 0) return;
    const made = await this.make(algorithm, keys, () => this.clock.now());
    if (made) await this.recordCreation(made, SYSTEM, 'first');
  }

  private async makeNext(
    algorithm: AsymmetricAlgorithm,
    by: Doer,
    reason: 'rotated' | Due,
  ): Promise<MadeKey> {
    const keys = await this.store.of(algorithm);
    const now = this.clock.now();
    const [waiting] = keysIn(['waiting'], keys, now);
    if (waiting) throw new NextKeyWaiting(waiting);
    const { KEY_PUBLISH_SECONDS } = this.settings;
    const isFirst = keysIn(['signing'], keys, now).length === 0;
    const made = await this.make(algorithm, keys, () =>
      isFirst ? this.clock.now() : signsFromAfter(this.clock.milliseconds(), KEY_PUBLISH_SECONDS),
    );
    if (!made) throw new NextKeyWaiting((await this.store.of(algorithm))[0]);
    await this.recordCreation(made, by, reason);
    await this.keys.refresh();
    return made;
  }

  private async replace({ kid, algorithm }: SigningKey): Promise<MadeKey | undefined> {
    for (;;) {
      const now = this.clock.now();
      const keys = await this.store.of(algorithm);
      const after = keys.map((key) => (key.kid === kid ? { ...key, revokedAt: now } : key));
      if (keysIn(['signing'], after, now).length > 0) return undefined;
      const made = await this.make(algorithm, keys, () => now, kid);
      if (made) return made; // else another process made a key, which may be one that waits
    }
  }

  /** @returns undefined when another process made the next key */
  private async make(
    algorithm: AsymmetricAlgorithm,
    keys: readonly SigningKey[],
    signsFrom: () => number,
    revoking?: string,
  ): Promise<MadeKey | undefined> {
    await this.refuseStranger(revoking);
    const pair = await this.maker.make(algorithm);
    const generation = (keys[0]?.generation ?? 0) + 1;
    // Asked for only now: a pair of RS256 may take a second.
    const made = { kid: pair.publicJwk.kid, generation, signsFrom: signsFrom() };
    return (await this.store.add(pair, made)) ? made : undefined;
  }

  /**
   * A key under a secret that the server does not have would stop its next boot, so the secret has to open all
   * others: of both algorithms, but for one that is revoked now, whose own secret may be lost.
   *
   * @throws {Error} with the remedy
   */
  private async refuseStranger(revoking: string | undefined): Promise<void> {
    const sealed = (await this.store.all()).filter((key) => key.encryptedPrivateKey !== null);
    const others = sealed.filter(({ kid }) => kid !== revoking);
    this.store.refuseUnreadable(others.length > 0 ? others : sealed);
  }

  /** @throws {NoStoredKeys} */
  private ofAccessTokens(): AsymmetricAlgorithm {
    const { TOKEN_ALGORITHM } = this.settings;
    if (TOKEN_ALGORITHM === 'HS256') throw new NoStoredKeys();
    return TOKEN_ALGORITHM;
  }

  private recordCreation({ kid }: MadeKey, by: Doer, reason: string): Promise<void> {
    return this.audit.record({ event: 'key.created', by, subject: `key:${kid}`, reason });
  }
}
