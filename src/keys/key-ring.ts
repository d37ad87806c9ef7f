import type { KeyObject } from 'node:crypto';
import type { PublicJwk } from './key-pair.js';

export interface LoadedKey {
  readonly kid: string;
  readonly signWith: KeyObject;
  readonly verifyWith: KeyObject;
}

/** A key as this process holds it; times in epoch seconds. */
export interface HeldKey {
  readonly kid: string;
  readonly signsFrom: number;
  readonly verifiesUntil: number;
  readonly verifyWith: KeyObject;
  /** undefined when this process cannot open it */
  readonly signWith: KeyObject | undefined;
  /** undefined for a shared secret */
  readonly publicJwk: PublicJwk | undefined;
}

/** The keys of one algorithm. Times are compared at each use and so need no renewal. */
export class KeyRing {
  private readonly byKid: ReadonlyMap<string, HeldKey>;

  /** @param held newest first */
  constructor(private readonly held: readonly HeldKey[]) {
    this.byKid = new Map(held.map((key) => [key.kid, key]));
  }

  get kids(): Iterable<string> {
    return this.byKid.keys();
  }

  /** Also one that verifies no more. */
  get(kid: string): HeldKey | undefined {
    return this.byKid.get(kid);
  }

  /** @returns undefined while none is loaded */
  current(now: number): LoadedKey | undefined {
    return started(this.held.filter(canSign), now);
  }

  /** Whether the key that has to sign is here: with another one, tokens would soon be refused. */
  isReady(now: number): boolean {
    const key = started(this.held, now);
    return key !== undefined && canSign(key);
  }

  verificationKey(kid: string, now: number): KeyObject | undefined {
    const key = this.byKid.get(kid);
    return key && key.verifiesUntil > now ? key.verifyWith : undefined;
  }

  publicJwks(now: number): PublicJwk[] {
    const valid = this.held.filter((key) => key.verifiesUntil > now);
    return valid.flatMap(({ publicJwk }) => publicJwk ?? []);
  }
}

function canSign(key: HeldKey): key is HeldKey & LoadedKey {
  return key.signWith !== undefined;
}

/** The newest that may sign; by a clock that is behind the one that made the first key, that key. */
function started<K extends HeldKey>(keys: readonly K[], now: number): K | undefined {
  return keys.find(({ signsFrom }) => signsFrom <= now) ?? keys.at(-1);
}
