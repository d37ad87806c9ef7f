import { hashPassword, verifyPassword, type Verification } from './password-hash.js';

/** What crosses into the worker thread; piscina hands over one value. */
export interface HashTask {
  password: string;
  cost: number;
}

export interface VerifyTask extends HashTask {
  stored: string | null;
}

export function hash({ password, cost }: HashTask): string {
  return hashPassword(password, cost);
}

export function verify({ password, stored, cost }: VerifyTask): Verification {
  return verifyPassword(password, stored, cost);
}
