import { createPublicKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { DerivedKeys } from '../platform/settings/derived-keys.js';
import { Settings } from '../platform/settings/settings.js';
import { openPrivateKey, sealPrivateKey } from './key-cipher.js';
import { type AsymmetricAlgorithm, makeKeyPair, type PublicJwk } from './key-pair.js';
import { SigningKey } from './signing-key.entity.js';

const PURPOSE = 'hallpass/signing-key/v1';

export interface LoadedKey {
  readonly kid: string;
  readonly signWith: KeyObject;
  readonly verifyWith: KeyObject;
}

/** The keys that sign and verify access tokens; read once at boot, made on the first. */
@Injectable()
export class Keys implements OnModuleInit {
  private byKid = new Map<string, LoadedKey>();
  private signing: LoadedKey | undefined;
  private published: PublicJwk[] = [];

  constructor(
    @InjectRepository(SigningKey) private readonly rows: Repository<SigningKey>,
    private readonly settings: Settings,
    private readonly derived: DerivedKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws {Error} when a stored key is sealed under a secret that is not listed */
  async onModuleInit(): Promise<void> {
    const { TOKEN_ALGORITHM } = this.settings;
    const keys =
      TOKEN_ALGORITHM === 'HS256' ? this.sharedSecrets() : await this.storedKeys(TOKEN_ALGORITHM);
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
    this.signing = keys[0];
  }

  /** @throws {Error} before the keys are loaded */
  get current(): LoadedKey {
    if (!this.signing) throw new Error('The signing keys are not loaded');
    return this.signing;
  }

  get ready(): boolean {
    return this.signing !== undefined;
  }

  verificationKey(kid: string): KeyObject | undefined {
    return this.byKid.get(kid)?.verifyWith;
  }

  /** The public halves; empty with HS256, whose secret is nobody else's. RFC 7517 §5. */
  get jwks(): { keys: readonly PublicJwk[] } {
    return { keys: this.published };
  }

  /** Newest generation first: it signs. */
  private async storedKeys(algorithm: AsymmetricAlgorithm): Promise<LoadedKey[]> {
    if (!(await this.rows.existsBy({ algorithm }))) await this.makeFirst(algorithm);
    const rows = await this.rows.find({ where: { algorithm }, order: { generation: 'DESC' } });
    this.published = rows.map((row) => JSON.parse(row.publicJwk) as PublicJwk);
    return Promise.all(rows.map((row) => this.open(row)));
  }

  /** The unique generation decides between processes that start together; all use the winner's key. */
  private async makeFirst(algorithm: AsymmetricAlgorithm): Promise<void> {
    const { publicJwk, privateKey } = await makeKeyPair(algorithm);
    const { kid } = publicJwk;
    try {
      await this.rows.insert({
        kid,
        algorithm,
        generation: 1,
        publicJwk: JSON.stringify(publicJwk),
        encryptedPrivateKey: sealPrivateKey(privateKey, kid, this.derived.first(PURPOSE)),
        createdAt: this.clock.now(),
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  private async open(row: SigningKey): Promise<LoadedKey> {
    const [first, ...older] = this.derived.all(PURPOSE);
    const sealed = row.encryptedPrivateKey;
    const current = first && openPrivateKey(sealed, row.kid, first);
    if (current) return pair(row, current);
    const signWith = firstOf(older, (key) => openPrivateKey(sealed, row.kid, key));
    if (!signWith) throw new Error(unreadable(row.kid));
    await this.reseal(row, signWith);
    return pair(row, signWith);
  }

  /** After AUTH_SECRET=new,old the stored keys move under the new secret, so that the old one can go. */
  private async reseal(row: SigningKey, privateKey: KeyObject): Promise<void> {
    const encryptedPrivateKey = sealPrivateKey(privateKey, row.kid, this.derived.first(PURPOSE));
    const { kid } = row;
    await this.rows.update(
      { kid, encryptedPrivateKey: row.encryptedPrivateKey },
      { encryptedPrivateKey },
    );
  }

  private sharedSecrets(): LoadedKey[] {
    return (this.settings.JWT_SECRET ?? []).map((secret) => {
      const key = createSecretKey(Buffer.from(secret, 'utf8'));
      return { kid: publicName(secret), signWith: key, verifyWith: key };
    });
  }
}

function pair({ kid, publicJwk }: SigningKey, signWith: KeyObject): LoadedKey {
  const key = JSON.parse(publicJwk) as PublicJwk;
  return { kid, signWith, verifyWith: createPublicKey({ key, format: 'jwk' }) };
}

function firstOf<T, R>(items: readonly T[], attempt: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = attempt(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** A kid that tells two shared secrets apart and nothing about either. */
function publicName(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'hallpass/kid/v1', 8)).toString('base64url');
}

function unreadable(kid: string): string {
  return (
    `The signing key ${kid} in the database was encrypted under an AUTH_SECRET that is not set. ` +
    'Add the secret it was made with to the list: AUTH_SECRET=new,old ' +
    '(where none was set, the old one is what data/auth-secret holds)'
  );
}
