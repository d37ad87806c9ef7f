import type { AuthorizationFailure } from '../pages/authorization-failure-page.js';

/** A request that the pages cannot go on with. */
export class PageFailure extends Error {
  constructor(readonly reason: AuthorizationFailure) {
    super(reason);
  }
}
