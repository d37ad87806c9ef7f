import { timingSafeEqual } from 'node:crypto';
import { BROKEN, type HashKind, type StoredHash } from './stored-hash.js';

/** As many as four threads can have at the same time; Django asks for 100 MiB. */
const MOST_MEBIBYTES = 128;

/** Memory times passes: about two seconds of one core, as bcrypt at its dearest. */
const MOST_WORK_MEBIBYTES = 2048;

const MOST_LANES = 16;

/** As PHC strings have it, with or without Django's word before. */
const FORMAT =
  /^(?:argon2)?\$argon2(id|i|d)\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

interface Parameters {
  readonly variant: 'id' | 'i' | 'd';
  /** KiB */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export const ARGON2: HashKind = {
  name: '$argon2id$, $argon2i$, $argon2d$ (also after argon2)',
  beginning: /^(?:argon2)?\$argon2(?:id|i|d)\$/,
  read(stored) {
    const [, variant, memory, passes, lanes, salt, digest] = FORMAT.exec(stored) ?? [];
    if (!variant || !salt || !digest) return stored.includes('$v=19$') ? BROKEN : OLD;
    const parameters = {
      variant: variant as Parameters['variant'],
      memory: Number(memory),
      passes: Number(passes),
      lanes: Number(lanes),
    };
    const fault = faultOf(parameters);
    return fault ?? argon2(parameters, Buffer.from(salt, 'base64'), Buffer.from(digest, 'base64'));
  },
};

const OLD = 'is of an Argon2 version other than 19';

function faultOf({ memory, passes, lanes }: Parameters): string | undefined {
  const mebibytes = memory / 1024;
  if (mebibytes > MOST_MEBIBYTES) {
    return `needs ${Math.ceil(mebibytes)} MiB of memory, where ${MOST_MEBIBYTES} can be`;
  }
  if (mebibytes * passes > MOST_WORK_MEBIBYTES) {
    return `goes over its memory ${passes} times, where ${Math.floor(MOST_WORK_MEBIBYTES / mebibytes)} can be`;
  }
  if (lanes > MOST_LANES) return `has ${lanes} lanes, where ${MOST_LANES} can be`;
  return passes < 1 || lanes < 1 || memory < 8 * lanes ? BROKEN : undefined;
}

function argon2(parameters: Parameters, salt: Buffer, digest: Buffer): StoredHash {
  const { variant, memory, passes, lanes } = parameters;
  return {
    ours: false,
    work: `argon2${variant} ${memory} ${passes} ${lanes} ${digest.length}`,
    async isMadeFrom(form) {
      // Loaded when the first such hash is met: most services never have one.
      const { argon2id, argon2i, argon2d } = await import('hash-wasm');
      const hash = { id: argon2id, i: argon2i, d: argon2d }[variant];
      const made = await hash({
        password: Buffer.from(form, 'utf8'),
        salt,
        memorySize: memory,
        iterations: passes,
        parallelism: lanes,
        hashLength: digest.length,
        outputType: 'binary',
      });
      return timingSafeEqual(made, digest);
    },
    comparesAllOf: () => true,
  };
}
