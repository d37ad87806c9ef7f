import { createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { Settings, type TokenAlgorithm } from '../platform/settings/settings.js';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm, type PublicJwk } from './key-pair.js';
import { type HeldKey, KeyRing, type LoadedKey } from './key-ring.js';
import { KeyStore } from './key-store.js';
import { keysIn, verifiesUntil } from './lifecycle.js';
import { sharedSecrets } from './shared-secrets.js';
import type { SigningKey } from './signing-key.entity.js';

/**
 * The keys that sign and verify now: a copy of what the database holds, renewed by KeyWatch, so that no
 * request reads it. Those of TOKEN_ALGORITHM are for access tokens, and for id_tokens there are always
 * some of each public algorithm: OpenID Connect Core §15.1 asks for RS256.
 */
@Injectable()
export class Keys {
  private readonly logger = new Logger('Keys');
  private readonly rings = new Map<TokenAlgorithm, KeyRing>();
  /** The one of TOKEN_ALGORITHM, which is asked on each request. */
  private ofAccessTokens = new KeyRing([]);
  /** Older generations are over for good, and are not read again. */
  private readonly oldestGeneration = { ES256: 0, RS256: 0 };
  private lastBegun = 0;
  private lastTaken = 0;

  constructor(
    private readonly store: KeyStore,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly changes: Changes,
  ) {}

  /**
   * For the boot: also moves the stored keys under the first AUTH_SECRET.
   *
   * @throws {Error} when a stored key is sealed under a secret that is not listed
   */
  async load(): Promise<void> {
    const { TOKEN_ALGORITHM, JWT_SECRET = [] } = this.settings;
    const keys = await this.store.all();
    this.store.refuseUnreadable(keys);
    await this.store.reseal(keys);
    this.take(keys);
    if (TOKEN_ALGORITHM !== 'HS256') return;
    this.hold(
      'HS256',
      new KeyRing(sharedSecrets(JWT_SECRET).map((key) => ({ ...key, ...ALWAYS }))),
    );
  }

  /**
   * Reads what another process has changed. What no longer verifies is announced, so that
   * remembered verifications go with it.
   *
   * @returns the stored keys that are not over, a list for each algorithm, newest first
   */
  async refresh(): Promise<readonly (readonly SigningKey[])[]> {
    const turn = ++this.lastBegun;
    const keys = await this.store.all(this.oldestGeneration);
    // One that began later has read what is newer: a revoked key must not come back.
    if (turn < this.lastTaken) return byAlgorithm(keys).map(([, alike]) => alike);
    this.lastTaken = turn;
    return this.take(keys);
  }

  /**
   * Signs access tokens.
   *
   * @throws {Error} before the keys are loaded
   */
  get current(): LoadedKey {
    return this.signing(this.ofAccessTokens);
  }

  /**
   * Signs id_tokens.
   *
   * @throws {Error} before the keys are loaded
   */
  currentOf(algorithm: AsymmetricAlgorithm): LoadedKey {
    return this.signing(this.rings.get(algorithm));
  }

  /** Whether every key that has to sign is here: with another one, tokens would soon be refused. */
  get ready(): boolean {
    const now = this.clock.now();
    return this.rings.size > 0 && [...this.rings.values()].every((ring) => ring.isReady(now));
  }

  /** For an access token: of TOKEN_ALGORITHM, and never of those that sign id_tokens alone. */
  verificationKey(kid: string): KeyObject | undefined {
    return this.ofAccessTokens.verificationKey(kid, this.clock.now());
  }

  /** For a token of ours that only hints at somebody: also one that is over, as long as it is held. */
  heldKey(algorithm: AsymmetricAlgorithm, kid: string): KeyObject | undefined {
    return this.rings.get(algorithm)?.get(kid)?.verifyWith;
  }

  /** The public halves; of HS256 there is none, its secret is nobody else's. RFC 7517 §5. */
  get jwks(): { keys: readonly PublicJwk[] } {
    const now = this.clock.now();
    return { keys: [...this.rings.values()].flatMap((ring) => ring.publicJwks(now)) };
  }

  private signing(ring: KeyRing | undefined): LoadedKey {
    const key = ring?.current(this.clock.now());
    if (!key) throw new Error('The signing keys are not loaded');
    return key;
  }

  private take(rows: readonly SigningKey[]): readonly (readonly SigningKey[])[] {
    return byAlgorithm(rows).map(([algorithm, alike]) => {
      const alive = keysIn(['waiting', 'signing', 'retired'], alike, this.clock.now());
      const held = alive.map((row) => this.open(algorithm, row, verifiesUntil(row, alike)));
      this.hold(algorithm, new KeyRing(held));
      const kept = alike.filter(({ encryptedPrivateKey }) => encryptedPrivateKey !== null);
      this.oldestGeneration[algorithm] =
        kept.at(-1)?.generation ?? this.oldestGeneration[algorithm];
      return alike;
    });
  }

  private hold(algorithm: TokenAlgorithm, ring: KeyRing): void {
    const before = this.rings.get(algorithm)?.kids ?? [];
    this.rings.set(algorithm, ring);
    if (algorithm === this.settings.TOKEN_ALGORITHM) this.ofAccessTokens = ring;
    for (const kid of before) {
      if (!ring.get(kid)) this.changes.announce({ of: 'key', id: kid });
    }
  }

  private open(algorithm: AsymmetricAlgorithm, row: SigningKey, until: number): HeldKey {
    const { kid, signsFrom } = row;
    const known = this.rings.get(algorithm)?.get(kid);
    if (known) return { ...known, signsFrom, verifiesUntil: until };
    const publicJwk = JSON.parse(row.publicJwk) as PublicJwk;
    const signWith = this.store.privateKey(row);
    if (!signWith && row.encryptedPrivateKey !== null) this.logger.error(cannotSign(kid));
    const verifyWith = createPublicKey({ key: publicJwk, format: 'jwk' });
    return { kid, signsFrom, verifiesUntil: until, verifyWith, signWith, publicJwk };
  }
}

const ALWAYS = { signsFrom: 0, verifiesUntil: Infinity, publicJwk: undefined } as const;

/** The life of a key is decided by those of its algorithm alone. */
function byAlgorithm(keys: readonly SigningKey[]): [AsymmetricAlgorithm, SigningKey[]][] {
  return ASYMMETRIC_ALGORITHMS.map((algorithm) => [
    algorithm,
    keys.filter((key) => key.algorithm === algorithm),
  ]);
}

function cannotSign(kid: string): string {
  return (
    `The new signing key ${kid} was encrypted under an AUTH_SECRET that this process does not have: ` +
    'it verifies tokens of that key and signs none. Give every process the same AUTH_SECRET, and restart'
  );
}
