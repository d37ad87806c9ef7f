// `docker build` and `docker run`, where an engine answers.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export function answers() {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

export function build() {
  const name = `hallpass-ci-${randomBytes(6).toString('hex')}`;
  docker('build', '--tag', name, '.');
  const config = docker('image', 'inspect', '--format', '{{json .Config.Healthcheck.Test}}', name);
  return {
    healthcheck: JSON.parse(config).slice(1), // the first is CMD
    start: (env, words = [], mode = 'ro') =>
      spawn('docker', ['run', ...flags(env, name, mode), name, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    remove() {
      docker('image', 'rm', name);
      docker('volume', 'rm', '--force', name);
    },
  };
}

/** As compose.yaml runs it, but in this machine's network; the database is kept from one to the next. */
function flags(env, name, mode) {
  const fixed = ['--rm', '--network=host', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
  fixed.push('--tmpfs=/tmp', `--volume=${name}:/app/data`);
  if (mode === 'ro') fixed.push('--read-only');
  return [
    ...fixed,
    ...Object.entries(env).map(([variable, value]) => `--env=${variable}=${value}`),
  ];
}

function docker(...words) {
  return execFileSync('docker', words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}
