// npm run bench: see the usage below.
import { parseArgs } from 'node:util';
import { authorize } from './authorize.mjs';
import { prepareDatabase } from './database.mjs';
import { features } from './features.mjs';
import { guarded } from './guarded.mjs';
import { moving } from './moving.mjs';
import { profile } from './profile.mjs';
import { writeResults } from './results.mjs';
import { start } from './start.mjs';
import { storm } from './storm.mjs';
import { tokens } from './tokens.mjs';

const COMMANDS = new Map(
  Object.entries({ guarded, storm, start, tokens, authorize, profile, features, moving }),
);
const USAGE = `Usage: npm run bench -- [command] [--seconds 5] [--runs 5]

Measures the built server and its peers on this machine, and rewrites the command's own part of
bench/RESULTS.md. Without a command it takes all of them in turn, which takes about 30 minutes.

  guarded   GET /users/me with a token, 32 connections, beside three peers
  storm     the same route 1,000 times a second while 16 connections sign in
  start     the time until it is ready, and its memory
  tokens    refresh, client_credentials and introspection, beside node-oidc-provider
  authorize the authorization code flow with OpenID Connect, beside node-oidc-provider
  profile   where the time of a guarded request goes (one run)
  features  what headers, request id, log, guard and Principals cost
  moving    user import of 100,000 and 1,000,000 accounts on SQLite (one run)

  --seconds  how long each measurement takes, a whole number
  --runs     how many measurements of each, whose medians are written`;

const { commands, seconds, runs } = readArguments();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const database = await prepareDatabase();
process.on('exit', () => database.remove());
for (const [name, command] of commands) {
  console.log(`\n${name}`);
  writeResults(await command({ seconds, runs, database }));
}

/** Asked for help it ends with 0, asked for what there is not with 2. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '5' },
        runs: { type: 'string', default: '5' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return {
      commands: chosen(positionals),
      seconds: wholeNumber('--seconds', values.seconds),
      runs: wholeNumber('--runs', values.runs),
    };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function chosen(names) {
  if (names.length === 0) return [...COMMANDS];
  return names.map((name) => {
    const command = COMMANDS.get(name);
    if (!command) throw new Error(`There is no command "${name}"`);
    return [name, command];
  });
}

function wholeNumber(option, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a whole number from 1`);
  return Number(text);
}
