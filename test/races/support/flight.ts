import type { Answer } from '../../support/http.js';
import { type Pair, pairOf } from './tokens.js';

export type Send = () => Promise<Answer>;

export interface Flight<T> {
  readonly answers: readonly Answer[];
  /** those that were there when the deed began */
  readonly before: readonly Answer[];
  /** what the deed returned */
  readonly done: T;
}

/**
 * Sends all of these at once, and does a deed meanwhile: as one among them, or when any number of
 * them have been answered. So the moment suits a slow machine as it does a fast one.
 */
export async function beside<T>(
  sends: readonly Send[],
  deed: () => Promise<T>,
): Promise<Flight<T>> {
  const answered: Answer[] = [];
  let before: readonly Answer[] = [];
  let begun: Promise<T> | undefined;
  const begin = () => {
    before = [...answered];
    begun = deed();
  };
  const moment = aMoment(sends.length);
  const flying = sends.map(async (send, index) => {
    if (moment.sent === index) begin();
    const answer = await send();
    answered.push(answer);
    if (moment.answered === answered.length) begin();
    return answer;
  });
  const answers = await Promise.all(flying);
  if (!begun) throw new Error('the deed was never begun');
  return { answers, before, done: await begun };
}

interface Moment {
  readonly sent?: number;
  readonly answered?: number;
}

/** When so many have been sent, or answered. Early ones more often: most is decided by who comes first. */
function aMoment(count: number): Moment {
  const early = Math.floor(Math.random() ** 2 * count);
  return Math.random() < 0.5 ? { sent: early } : { answered: Math.max(1, early) };
}

/** The pairs among the answers. */
export function pairsOf(answers: readonly Answer[]): Pair[] {
  return answers.filter(({ status }) => status === 200).map(pairOf);
}

/** Which statuses there were, each once. */
export function statusesOf(answers: readonly Answer[]): number[] {
  return [...new Set(answers.map(({ status }) => status))];
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
