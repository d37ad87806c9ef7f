// Prints the test files in which something failed, one a line, from the report of vitest's json reporter.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [file = ''] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
const failed = testResults.filter(({ status }) => status === 'failed');
// One file runs in a project for each database.
const files = failed.map(({ name }) => relative(process.cwd(), name));
for (const path of new Set(files)) console.log(path);
