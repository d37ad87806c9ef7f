import type { TestApp } from '../app.js';

/** A live token, and what an attacker has besides. */
export interface Target {
  readonly service: TestApp;
  /** good, and to stay so */
  readonly token: string;
  /** where somebody counts who comes to fetch a key */
  readonly lure: string;
}

/** What an attacker would send instead of a token, by what is wrong with it. */
export type Attack = readonly [what: string, credential: string];
