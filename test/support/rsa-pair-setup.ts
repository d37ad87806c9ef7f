import type { TestProject } from 'vitest/node';
import { makeKeyPair, RSA_BITS } from '../../src/keys/key-pair.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** PKCS #8 in PEM, by their bits */
    rsaKeys: Record<number, string>;
  }
}

/** One pair of each length for a whole run: it takes up to a second, and each test app has to have one. */
export async function setup({ provide }: TestProject): Promise<void> {
  const made = Object.values(RSA_BITS).map(async (bits) => {
    const { privateKey } = await makeKeyPair('RS256', bits);
    return [bits, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string] as const;
  });
  provide('rsaKeys', Object.fromEntries(await Promise.all(made)));
}
