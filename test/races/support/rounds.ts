/** How often each race is run; CI runs 200, and 1,000 by hand is a good number. */
export const RACE_ROUNDS = countOf('RACE_ROUNDS', 10);

/** How often the server is killed. */
export const KILL_ROUNDS = countOf('KILL_ROUNDS', 5);

/** How many requests of a race are under way at the same time. */
export const AT_ONCE = 20;

/** For a test of so many rounds, on a machine that is busy with others; milliseconds. */
export function timeFor(rounds: number, perRound = 2000): number {
  return 60_000 + rounds * perRound;
}

/** Runs the rounds one after another, and says how many there were and how long they took. */
export async function runRounds(count: number, round: (number: number) => Promise<void>) {
  const start = performance.now();
  for (let number = 0; number < count; number += 1) {
    try {
      await round(number);
    } catch (error) {
      if (error instanceof Error) error.message = `round ${number + 1}: ${error.message}`;
      throw error;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  say(`${count} rounds in ${seconds.toFixed(1)} s`);
}

/** A line beside the result, for whoever reads along. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function countOf(name: string, usual: number): number {
  const text = process.env[name] ?? String(usual);
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} is a number of rounds, 1 or more`);
  return Number(text);
}
