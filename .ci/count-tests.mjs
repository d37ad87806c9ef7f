// Prints how many tests passed, failed and were left out, from the report of vitest's json reporter.
import { readFileSync } from 'node:fs';

const [file = ''] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const { numPassedTests: passed, numFailedTests: failed } = report;
if (passed + failed === 0) throw new Error('not one test ran');
console.log(passed, failed, report.numPendingTests + report.numTodoTests);

for (const { name, assertionResults } of report.testResults) {
  const left = assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed');
  for (const { fullName } of left) console.error(`skipped: ${name}: ${fullName}`);
}
