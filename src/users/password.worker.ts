import { constants, setPriority } from 'node:os';
import { hashPassword, verifyPassword, type Verification } from './password-hash.js';

/** What crosses into the worker thread; piscina hands over one value. */
export interface HashTask {
  password: string;
  cost: number;
}

export interface VerifyTask extends HashTask {
  stored: string | null;
}

giveWay();

export function hash({ password, cost }: HashTask): string {
  return hashPassword(password, cost);
}

export function verify({ password, stored, cost }: VerifyTask): Promise<Verification> {
  return verifyPassword(password, stored, cost);
}

/**
 * Lets the event loop go first where there are no more cores than busy threads: while sixteen people
 * sign in on two cores, a guarded route answers in 8 ms instead of a second (p99, bench/RESULTS.md).
 * Only on Linux is the priority that of the calling thread; elsewhere it is the whole process's.
 */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // a sandbox that forbids it: slower answers, and people can still sign in
  }
}
