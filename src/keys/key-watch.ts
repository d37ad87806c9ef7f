import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { KeyStore } from './key-store.js';
import { Keys } from './keys.js';
import { keysIn } from './lifecycle.js';
import { Rotation } from './rotation.js';
import type { SigningKey } from './signing-key.entity.js';

/** What another process changed is seen within a second, the time of the read included. */
const LOOK_EVERY_MS = 500;

/** Keeps the server's keys up to date while it runs. A command has none: it only changes what is stored. */
@Injectable()
export class KeyWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(
    private readonly keys: Keys,
    private readonly store: KeyStore,
    private readonly rotation: Rotation,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws {Error} when a stored key is sealed under a secret that is not listed */
  async onModuleInit(): Promise<void> {
    await this.rotation.ensureSigningKeys();
    await this.keys.load();
    await this.tend();
    this.lookLater();
  }

  /** The database closes after this. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Sees what changed, and does what is due. Of several processes that do it at once, none does harm. */
  async tend(): Promise<void> {
    const keysOfEach = await this.keys.refresh();
    for (const keys of keysOfEach) {
      await this.noteTtl(keys);
      await this.deleteEnded(keys);
      await this.rotation.rotateWhenDue(keys);
    }
  }

  private lookLater(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => (this.looking = this.look()), LOOK_EVERY_MS).unref();
  }

  /** While the database does not answer, the keys stay as they were; said once, and not twice a second. */
  private async look(): Promise<void> {
    try {
      await this.tend();
      if (this.failing) this.logger.warn('The signing keys can be read again');
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopped) this.logger.error(error);
      this.failing = true;
    }
    this.lookLater();
  }

  /** Each process has its own ACCESS_TOKEN_TTL_SECONDS, and any of them may sign with any of these keys. */
  private async noteTtl(keys: readonly SigningKey[]): Promise<void> {
    const { ACCESS_TOKEN_TTL_SECONDS } = this.settings;
    const short = keysIn(['waiting', 'signing'], keys, this.clock.now()).filter(
      ({ longestTtlSeconds }) => longestTtlSeconds < ACCESS_TOKEN_TTL_SECONDS,
    );
    if (short.length > 0) await this.store.raiseLongestTtl(kids(short), ACCESS_TOKEN_TTL_SECONDS);
  }

  private async deleteEnded(keys: readonly SigningKey[]): Promise<void> {
    const ended = keysIn(['ended'], keys, this.clock.now()).filter(
      ({ encryptedPrivateKey }) => encryptedPrivateKey !== null,
    );
    if (ended.length > 0) await this.store.deletePrivateKeys(kids(ended));
  }
}

function kids(keys: readonly SigningKey[]): string[] {
  return keys.map(({ kid }) => kid);
}
