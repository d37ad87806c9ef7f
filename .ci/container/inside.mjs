// Runs inside the image, as its user, and exits 1 unless there is what belongs there and no more.
// Its argument: the paths of the packages that only development needs.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const faults = [];
if (process.getuid() === 0) faults.push('it runs as root');

const found = readdirSync('.').toSorted().join(' ');
if (found !== 'LICENSE data dist node_modules package.json') faults.push(`it holds ${found}`);

for (const path of JSON.parse(process.argv[1])) {
  if (existsSync(path)) faults.push(`it has ${path}, which only development needs`);
}

for (const path of ['.', ...readdirSync('.', { recursive: true })]) {
  if (path !== 'data' && !path.startsWith(join('data', '/')) && isWritable(path)) {
    faults.push(`its user may write to ${path}`);
  }
}
if (!isWritable('data')) faults.push('its user may not write to data');

for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
