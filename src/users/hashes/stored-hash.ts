/** A password hash as it was read from a row. */
export interface StoredHash {
  /** of the kind that is made here; every other is replaced at the next sign-in */
  readonly ours: boolean;
  /** rounds of bcrypt, or the name of work of another kind, the same for hashes that take the same time */
  readonly work: number | string;
  /** Blocks: for a worker thread. */
  isMadeFrom(form: string): Promise<boolean>;
  /** Whether a match tells that every character was compared. */
  comparesAllOf(form: string): boolean;
}

/** One family of hashes. */
export interface HashKind {
  /** for the operator whose file holds another */
  readonly name: string;
  /** how its hashes begin */
  readonly beginning: RegExp;
  /** @returns what is wrong with a text that begins so, as the end of a sentence about the hash */
  read(stored: string): StoredHash | string;
}

export const BROKEN = 'is cut off or broken';
