import { setFlagsFromString } from 'node:v8';

/**
 * V8 allocates as old what has lived long at the same place before. Of the objects of a request it
 * learns that while the server warms up, and is wrong ever after: they die at once, but the next full
 * collection alone can tell, and until then they keep alive what they point to. That took 13 % of a
 * guarded route's time for collecting, and a quarter of its CPU in all (bench/RESULTS.md).
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
