import { Command, CommanderError } from 'commander';
import { explain } from '../boot/start-failure.js';
import { addAudit } from './audit.command.js';
import { addBackup } from './backup.command.js';
import { addClient } from './client.command.js';
import { addDoctor } from './doctor.command.js';
import { addKeys } from './keys.command.js';
import { addOpenapi } from './openapi.command.js';
import { paint } from './paint.js';
import { addPurge } from './purge.command.js';
import { Misused, Refused } from './refusal.js';
import { addSecret } from './secret.command.js';
import { addSession } from './session.command.js';
import type { Terminal } from './terminal.js';
import { addUser } from './user.command.js';

/**
 * Runs one command line.
 *
 * @param args what follows `npm run hallpass --`
 * @returns the exit code: 0 done, 1 refused, 2 a wrong command line
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await assemble(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said why
    const said = reason(error);
    if (said !== '') terminal.stderr.write(`${paint('red', said, terminal.stderr)}\n`);
    return error instanceof Misused ? 2 : 1;
  }
}

function assemble(terminal: Terminal): Command {
  const program = new Command('npm run hallpass --')
    .description("Hallpass's operator commands, on the settings and the database of the server")
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused, 2 wrong usage.' +
        '\n\nExample:\n  $ npm run hallpass -- user create alice --role admin',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError('Add --help to see what is expected.');
  addSecret(program, terminal);
  addUser(program, terminal);
  addClient(program, terminal);
  addSession(program, terminal);
  addKeys(program, terminal);
  addAudit(program, terminal);
  addPurge(program, terminal);
  addBackup(program, terminal);
  addDoctor(program, terminal);
  addOpenapi(program, terminal);
  return program;
}

function reason(error: unknown): string {
  if (error instanceof Refused || error instanceof Misused) return error.message;
  return explain(error);
}
