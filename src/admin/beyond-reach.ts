/** Whoever manages clients or accounts may not manage this one. */
export class BeyondReach extends Error {}
