// Takes turns: run 1 of each contender, then run 2 of each, so that a slow minute hits all of them.

/**
 * @param measure `(contender) => result`
 * @param told `(result) => text` for the terminal
 * @returns {Promise<{ contender: object, absence?: string, results: object[] }[]>} a row for each; `absence`
 * is why one could not be measured
 * @throws {Error} when it is our own server that fails
 */
export async function inTurn(contenders, runs, { measure, told }) {
  const rows = contenders.map((contender) => ({
    contender,
    absence: contender.absence?.() ?? undefined,
    results: [],
  }));
  for (let run = 1; run <= runs; run += 1) {
    for (const row of rows) {
      if (row.absence !== undefined) continue;
      try {
        const result = await measure(row.contender);
        row.results.push(result);
        console.log(`${run}/${runs} ${plain(row.contender.name)}: ${told(result)}`);
      } catch (error) {
        if (row.contender.ours) throw error;
        console.error(`${plain(row.contender.name)}: ${error.message}`);
        [row.absence] = error.message.split('\n');
      }
    }
  }
  return rows;
}

/** Cells of a row after its name: what was measured, or why nothing was. */
export function cells({ absence, results }, figures) {
  return absence === undefined ? figures(results) : [`not measured: ${absence}`];
}

/** A Markdown link without its target. */
function plain(name) {
  return name.replace(/\[(.*)\]\(.*\)/, '$1');
}
