import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  everyImageHasItsVersion,
  everyVariableIsKnown,
  onlyThisMachineReachesTheServer,
  ourContainersMayDoLittle,
  secretsComeFromOutside,
  tablesComeFirst,
  theImageTellsItsHealth,
} from './support/container/compose.js';
import {
  basesAreOfOneKind,
  everyBaseHasItsVersion,
  holdsNoSecret,
  installsNothingForDevelopment,
  lastStageOnlyCollects,
  linterFindsNothing,
  nothingIsAdded,
  type Rule,
  runsAsNobodyImportant,
  startsTheServerItself,
  tellsItsHealth,
} from './support/container/dockerfile.js';
import { onlyWhatIsNamedGetsIn } from './support/container/dockerignore.js';

interface Promised {
  readonly rule: Rule;
  /** what to put in whose place in the file, so that the rule is broken */
  readonly breaks: readonly (readonly [string | RegExp, string])[];
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: { 'start:prod': string };
};

const PROMISES: Readonly<Record<string, Readonly<Record<string, Promised>>>> = {
  Dockerfile: {
    'has nothing that the linter minds': {
      rule: linterFindsNothing,
      breaks: [
        ['WORKDIR /app', 'WORKDIR app'],
        ['EXPOSE 3000', 'EXPOSE many'],
        ['--timeout=5s', '--timeout=5'],
        ['CMD ["node", "dist', 'CMD true\nCMD ["node", "dist'],
      ],
    },
    'names the version of each image that it starts from': {
      rule: everyBaseHasItsVersion,
      breaks: [
        ['node:24-bookworm AS build', 'node AS build'],
        ['node:24-bookworm-slim', 'node:latest'],
        ['node:24-bookworm-slim', 'node:slim'],
      ],
    },
    'compiles where it runs': {
      rule: basesAreOfOneKind,
      breaks: [
        ['bookworm-slim', 'alpine'],
        ['24-bookworm AS dependencies', '24-trixie AS dependencies'],
      ],
    },
    'runs as a user who is not root': {
      rule: runsAsNobodyImportant,
      breaks: [
        ['USER 1000:1000', ''],
        ['USER 1000:1000', 'USER 0:0'],
        ['USER 1000:1000', 'USER node'],
        ['EXPOSE 3000', 'USER root'],
        ['EXPOSE 3000', 'FROM node:24-bookworm-slim'],
      ],
    },
    'tells its health': {
      rule: tellsItsHealth,
      breaks: [
        [/^HEALTHCHECK[^]*?\]$/m, ''],
        [/^HEALTHCHECK[^]*?\]$/m, 'HEALTHCHECK NONE'],
        ['/health/ready', '/docs'],
      ],
    },
    'starts the server itself, as npm run start:prod does': {
      rule: startsTheServerItself(scripts['start:prod']),
      breaks: [
        [/^CMD.*/m, ''],
        [/^CMD.*/m, 'CMD node dist/src/main.js'],
        [/^CMD.*/m, 'CMD ["npm", "run", "start:prod"]'],
        [/^CMD/m, 'ENTRYPOINT ["sh", "-c"]\nCMD'],
      ],
    },
    'adds nothing that COPY would not': {
      rule: nothingIsAdded,
      breaks: [['COPY src', 'ADD src']],
    },
    'holds no secret': {
      rule: holdsNoSecret,
      breaks: [
        ['PORT=3000', 'AUTH_SECRET=change-me'],
        ['WORKDIR /app', 'ARG NPM_TOKEN'],
        ['WORKDIR /app', 'ARG DATABASE_PASSWORD=postgres'],
      ],
    },
    'only collects in its last stage': {
      rule: lastStageOnlyCollects,
      breaks: [['RUN install --directory', 'RUN apt-get install curl && install --directory']],
    },
    'takes no package that only development needs': {
      rule: installsNothingForDevelopment,
      breaks: [
        ['npm ci --omit=dev ', 'npm ci '],
        ['--from=dependencies', '--from=build'],
        [/^COPY --from=dependencies.*/m, ''],
      ],
    },
  },
  '.dockerignore': {
    'lets in what it names, and nothing else': {
      rule: onlyWhatIsNamedGetsIn,
      breaks: [
        [/^\*$/m, ''],
        ['!src', '!.env'],
        ['!src', '!.git'],
        ['!src', '!test'],
        ['!src', '!**'],
      ],
    },
  },
  'compose.yaml': {
    'asks for each secret, and has none': {
      rule: secretsComeFromOutside,
      breaks: [
        [/PGPASSWORD: .*/, 'PGPASSWORD: postgres'],
        [/AUTH_SECRET: .*/, "AUTH_SECRET: '${AUTH_SECRET}'"],
        [/ {6}POSTGRES_PASSWORD: .*/, "      POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-postgres}'"],
        ['postgres://hallpass@db', 'postgres://hallpass:postgres@db'],
      ],
    },
    'names only what is a setting': {
      rule: everyVariableIsKnown,
      breaks: [
        ['HOST: 0.0.0.0', 'HOSTNAME: 0.0.0.0'],
        ['${PORT:-3000}', '${HTTP_PORT:-3000}'],
      ],
    },
    'publishes the server to this machine alone, and the database to none': {
      rule: onlyThisMachineReachesTheServer,
      breaks: [
        ['127.0.0.1:${PORT', '${PORT'],
        ['127.0.0.1:${PORT', '0.0.0.0:${PORT'],
        [/image: postgres.*/, '$&\n    ports: ["127.0.0.1:5432:5432"]'],
      ],
    },
    'starts the server when its tables are there': {
      rule: tablesComeFirst,
      breaks: [
        ['service_completed_successfully', 'service_started'],
        ['service_healthy', 'service_started'],
        ["'migration:run'", "'migration:status'"],
        [/command: .*/, '$&\n    image: hallpass:0.1'],
        [/ {4}healthcheck:[^]*(?=\nvolumes)/, ''],
      ],
    },
    'leaves the health check to the image': {
      rule: theImageTellsItsHealth,
      breaks: [['env_file: .env', '$&\n    healthcheck: { disable: true }']],
    },
    'lets what is built here do no more than it needs': {
      rule: ourContainersMayDoLittle,
      breaks: [
        ['read_only: true', 'read_only: false'],
        ['cap_drop: [ALL]', 'cap_drop: [NET_RAW]'],
        [/security_opt: .*/, ''],
      ],
    },
    'names the version of each image that it fetches': {
      rule: everyImageHasItsVersion,
      breaks: [
        [/image: postgres.*/, 'image: postgres'],
        [/image: postgres.*/, 'image: postgres:latest'],
      ],
    },
  },
};

describe('.ci/container/in-root', () => {
  it('fails with its command, however soon that has ended', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hallpass-fake-'));
    writeFileSync(join(folder, 'unshare'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
    const codes = Array.from({ length: 40 }, () => {
      const command = ['.ci/container/in-root', [folder, 'ro', '1:1', '/', 'true']] as const;
      return spawnSync(...command, { env }).status;
    });
    rmSync(folder, { recursive: true });
    expect(new Set(codes)).toEqual(new Set([7]));
  });
});

describe.each(Object.entries(PROMISES))('%s', (file, promises) => {
  const text = readFileSync(file, 'utf8');

  describe.each(Object.entries(promises))('%s', (_promise, { rule, breaks }) => {
    it('as it is', () => {
      expect(rule(text)).toEqual([]);
    });

    it.each(breaks)('and not with %s as %s', (original, replacement) => {
      const broken = text.replace(original, replacement);
      expect(broken).not.toBe(text);
      expect(rule(broken)).not.toEqual([]);
    });
  });
});
