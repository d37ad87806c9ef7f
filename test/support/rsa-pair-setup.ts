import type { TestProject } from 'vitest/node';
import { makeKeyPair } from '../../src/keys/key-pair.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** PKCS #8 in PEM, of 3072 bits */
    rsaKey: string;
  }
}

/** One pair for a whole run: it takes up to a second, and each test app has to have one. */
export async function setup({ provide }: TestProject): Promise<void> {
  const { privateKey } = await makeKeyPair('RS256');
  provide('rsaKey', privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
}
