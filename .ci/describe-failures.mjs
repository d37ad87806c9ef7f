// Prints each failed test with the end of what it said, from the report of vitest's json reporter: a reader of the
// last page of a long log learns what went wrong.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const MOST_CHARACTERS = 4000;

const [file = ''] = process.argv.slice(2);
for (const { name, status, message, assertionResults } of JSON.parse(readFileSync(file, 'utf8'))
  .testResults) {
  if (status !== 'failed') continue;
  console.log(`\n### ${relative(process.cwd(), name)}`);
  if (message) console.log(message.slice(-MOST_CHARACTERS)); // of the file itself: an import, a hook
  for (const { fullName, failureMessages, status: outcome } of assertionResults) {
    if (outcome !== 'failed') continue;
    console.log(`\n## ${fullName}\n${failureMessages.join('\n').slice(-MOST_CHARACTERS)}`);
  }
}
