import type { ValueTransformer } from 'typeorm';

/**
 * Reads a bigint column as a number, for PostgreSQL's driver returns it as a string.
 *
 * @throws {RangeError} when the value is no safe integer
 */
export const bigintNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (stored: unknown) => {
    if (stored === null || stored === undefined) return stored;
    const value = Number(stored);
    if (!Number.isSafeInteger(value)) throw new RangeError('A bigint column holds no safe integer');
    return value;
  },
};
