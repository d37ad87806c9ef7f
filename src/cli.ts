import { explainMissingModule } from './cli/doctor/bare.js';
import { keepFilesFromOthers } from './boot/private-files.js';

/** Longer than the output needs. */
const LEFT_OPEN_MS = 500;

/** Whoever read the output has left, as `head` does: what the command did counts, not who reads on. */
function survive(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1; // nowhere to say why: a full disk, for one
  });
}

survive(process.stdout);
survive(process.stderr);
keepFilesFromOthers();
const args = process.argv.slice(2);
// Not imported above: it would fail before anything could say why.
const code = explainMissingModule(args, process)
  ? 1
  : await import('./cli/run.js').then(({ run }) => run(args, process));
// No process.exit() here: a command has closed what it opened, and its output may still be on the way.
process.exitCode ||= code;
// But a boot that failed half-way may leave a connection that nobody can reach to close it.
if (code !== 0) setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
