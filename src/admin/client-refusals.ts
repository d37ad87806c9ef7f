import type { Registration, RegistrationFaults } from '../clients/registration.js';

/** The client does not fit the rules, or would not after the change. */
export class UnfitClient extends Error {
  /** @param faults by field, at least one */
  constructor(readonly faults: readonly (readonly [keyof Registration, string])[]) {
    super(faults.map(([field, fault]) => `${field} ${fault}`).join('; '));
  }

  /** @throws {UnfitClient} */
  static refuse(faults: RegistrationFaults): void {
    const found = Object.entries(faults).filter(([, fault]) => fault !== undefined);
    if (found.length > 0) throw new UnfitClient(found as [keyof Registration, string][]);
  }
}
