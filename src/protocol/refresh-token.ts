import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a refresh token says: of which session it is, and how many came before it. */
export interface RefreshTokenContent {
  /** a UUID in lower case, with hyphens */
  readonly sessionId: string;
  readonly generation: number;
}

const PREFIX = 'hp_rt_';
const VERSION = 1;
const ID_BYTES = 16;
const CONTENT_BYTES = 1 + ID_BYTES + 8;
/** 57 bytes are 76 characters of base64url without one unused bit, so that a token has one spelling. */
const FORM = /^hp_rt_[A-Za-z0-9_-]{76}$/;

/**
 * Derives a refresh token. It is not stored anywhere: `hp_rt_` and the base64url of version (1 byte),
 * session id (16), generation (8, big-endian) and the HMAC-SHA-256 of those (32). RFC 6749 §1.5, §10.4.
 *
 * @param key 32 bytes
 * @returns 82 characters
 */
export function formatRefreshToken(content: RefreshTokenContent, key: Buffer): string {
  const bytes = encode(content);
  return PREFIX + Buffer.concat([bytes, mac(bytes, key)]).toString('base64url');
}

/**
 * Reads a token that may come from anybody, in a time that tells nothing of the keys.
 *
 * @param keys every key that may have made it; all of them are tried
 * @returns undefined when no key made it
 */
export function readRefreshToken(
  token: string,
  keys: readonly Buffer[],
): RefreshTokenContent | undefined {
  if (!FORM.test(token)) return undefined;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  const content = bytes.subarray(0, CONTENT_BYTES);
  const tag = bytes.subarray(CONTENT_BYTES);
  const matches = keys.filter((key) => timingSafeEqual(tag, mac(content, key)));
  return matches.length > 0 ? decode(content) : undefined;
}

function mac(content: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

function encode({ sessionId, generation }: RefreshTokenContent): Buffer {
  const bytes = Buffer.alloc(CONTENT_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.write(sessionId.replaceAll('-', ''), 1, ID_BYTES, 'hex');
  bytes.writeBigUInt64BE(BigInt(generation), 1 + ID_BYTES);
  return bytes;
}

/** Only what we made gets here; another version would be one that this release does not know. */
function decode(bytes: Buffer): RefreshTokenContent | undefined {
  if (bytes.readUInt8(0) !== VERSION) return undefined;
  const hex = bytes.toString('hex', 1, 1 + ID_BYTES);
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const generation = Number(bytes.readBigUInt64BE(1 + ID_BYTES));
  return Number.isSafeInteger(generation) ? { sessionId, generation } : undefined;
}
