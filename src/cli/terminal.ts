import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  /** `isTTY` when a person sits there who can be asked */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** what was asked for, and nothing else */
  readonly stdout: Output;
  /** questions and refusals */
  readonly stderr: Output;
}

/** `isTTY` when a person looks at it. */
export type Output = Writable & { readonly isTTY?: boolean };
