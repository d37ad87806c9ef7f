// Plain functions on lists of numbers, and how numbers are written in RESULTS.md.

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param share 0.99 for the 99th percentile; the nearest rank, so always a number that was measured */
export function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** The smallest and the largest, as `9.1 to 12.4`. */
export function spread(numbers, digits = 0) {
  return `${figure(Math.min(...numbers), digits)} to ${figure(Math.max(...numbers), digits)}`;
}

/** @param number NaN where this system does not tell */
export function figure(number, digits = 0) {
  if (Number.isNaN(number)) return '–';
  return number.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `5 runs of 4 s` */
export function runsOf(runs, seconds) {
  return `${runs} ${runs === 1 ? 'run' : 'runs'} of ${seconds} s`;
}

/** The median of one property over several runs. */
export function medianOf(results, property) {
  return median(results.map((result) => result[property]));
}

export function spreadOf(results, property, digits) {
  return spread(
    results.map((result) => result[property]),
    digits,
  );
}
