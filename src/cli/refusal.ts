/** The command was understood but not carried out: exit code 1. */
export class Refused extends Error {}

/** The command line itself is wrong: exit code 2. */
export class Misused extends Error {}

/** @throws {Refused} with every fault at once, if there is one */
export function refuseFaults(faults: readonly (string | undefined)[]): void {
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new Refused(found.join('\n'));
}
