import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from allocating the objects of a request as old, which it learns to do while the server warms
 * up: a quarter of a guarded route's CPU (docs/adr/0009).
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
