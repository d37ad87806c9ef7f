/** What comes shortly before a window ends counts in the next one too, or a burst at that moment would have both. */
const OVERLAP_SECONDS = 10;

/** A stretch of time in which something is counted. */
export interface Window {
  /** of its counter */
  readonly key: string;
  /** epoch seconds */
  readonly end: number;
  /** how long its counter is needed after it was made */
  readonly keptSeconds: number;
}

/**
 * The number of a window is part of its key, so what is given back late lowers no later count. The windows of
 * different digests begin at different times.
 *
 * @param now epoch seconds
 * @param seconds how long each window is
 * @param digest of what is counted
 * @returns the window of now, and before it the next one where that is about to begin
 */
export function windowsAt(now: number, seconds: number, digest: Buffer): readonly Window[] {
  const shift = digest.readUInt32BE() % seconds;
  const at = (number: number): Window => ({
    key: `${digest.toString('base64url')}:${number}`,
    end: (number + 1) * seconds - shift,
    keptSeconds: seconds + OVERLAP_SECONDS,
  });
  const number = Math.floor((now + shift) / seconds);
  const current = at(number);
  return current.end - now > OVERLAP_SECONDS ? [current] : [at(number + 1), current];
}
