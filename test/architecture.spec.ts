import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesAreAcyclic, foldersAreAcyclic } from './support/architecture/cycles.js';
import { onlySettingsReadTheEnvironment } from './support/architecture/environment.js';
import { computedImports } from './support/architecture/imports.js';
import {
  everyDependencyIsUsed,
  everyImportIsDeclared,
  type Manifest,
} from './support/architecture/packages.js';
import {
  everyEntityIsListed,
  everyMigrationIsListed,
  schemaIsNeverSynchronized,
  writesAreExplicit,
} from './support/architecture/persistence.js';
import {
  migrationsStandAlone,
  onlyTheClockReadsTime,
  protocolImportsNothing,
  protocolReadsNothing,
} from './support/architecture/purity.js';
import { noSecretHasADefault } from './support/architecture/secrets.js';
import {
  noDefaultExport,
  noForwardRef,
  noIndexFile,
  oneModuleAFolder,
  relativeImportsNameTheFile,
} from './support/architecture/shape.js';
import {
  edgesKeepApart,
  everyFolderHasItsStratum,
  importsOnlyGoDown,
  nothingOutsideSrc,
} from './support/architecture/strata.js';
import { topLevelIsShort } from './support/architecture/top-level.js';
import { readTree, type Rule, treeOf } from './support/architecture/tree.js';

interface Promised {
  readonly rule: Rule;
  /** trees that break it, each in its own way */
  readonly refuses: readonly Readonly<Record<string, string>>[];
  /** what looks like a breach and is none */
  readonly allows?: Readonly<Record<string, string>>;
}

const PROMISES: Readonly<Record<string, Promised>> = {
  'every folder of src/ is in a stratum': {
    rule: everyFolderHasItsStratum,
    refuses: [{ 'src/helpers/text.ts': '' }],
    allows: {
      'src/main.ts': '',
      'src/oauth/grants/grant.ts': '',
      'src/reports/reports.module.ts': '',
    },
  },
  'every migration is listed': {
    rule: everyMigrationIsListed,
    refuses: [{ 'src/platform/database/migrations/1-a.ts': '', 'src/data-source.ts': '' }],
    allows: {
      'src/platform/database/migrations/1-a.ts': '',
      'src/data-source.ts': `import { A } from './platform/database/migrations/1-a.js';`,
    },
  },
  'every entity is listed': {
    rule: everyEntityIsListed,
    refuses: [{ 'src/users/user.entity.ts': '', 'src/data-source.ts': '' }],
    allows: {
      'src/users/user.entity.ts': '',
      'src/data-source.ts': `import { User } from './users/user.entity.js';`,
    },
  },
  'imports only go down': {
    rule: importsOnlyGoDown,
    refuses: [
      { 'src/platform/x.ts': `import { User } from '../users/user.js';` },
      { 'src/auth/x.ts': `import { Reports } from '../reports/reports.js';` },
      { 'src/users/x.ts': `import type { Caller } from '../auth/caller.js';` },
      { 'src/users/x.ts': `export { Caller } from '../auth/caller.js';` },
      { 'src/users/x.ts': `export * from '../auth/caller.js';` },
      { 'src/users/x.ts': `const it = await import('../auth/caller.js');` },
      { 'src/users/x.ts': `let caller: import('../auth/caller.js').Caller;` },
      { 'src/users/x.ts': `import '../auth/caller.js';` },
      { 'src/users/x.ts': `import caller = require('../auth/caller.js');` },
      { 'src/users/x.ts': `createRequire(import.meta.url)('../auth/caller.js');` },
      { 'src/oauth/grants/x.ts': `import { AppModule } from '../../app.module.js';` },
      { 'src/oauth/x.ts': `import { buildDocument } from '../openapi/document.js';` },
      { 'src/protocol/x.ts': `import { Clock } from '../platform/clock.js';` },
    ],
    allows: {
      'src/sessions/x.ts': `import { Issuer } from '../tokens/issuer.js';`,
      'src/auth/x.ts': `import { User } from '../users/user.js'; // from '../oauth/x.js'`,
      'src/main.ts': `import { createApp } from './app.setup.js';`,
    },
  },
  'edges never import each other': {
    rule: edgesKeepApart,
    refuses: [
      { 'src/admin/x.ts': `import type { Me } from '../accounts/me.js';` },
      { 'src/reports/x.ts': `import { Tasks } from '../examples/tasks/tasks.js';` },
    ],
    allows: { 'src/oauth/grants/x.ts': `import { Token } from '../token.js';` },
  },
  'a source reads nothing outside src/ but the version, and that where the parts are put together':
    {
      rule: nothingOutsideSrc,
      refuses: [
        { 'src/health/x.ts': `import manifest from '../../package.json' with { type: 'json' };` },
        { 'src/openapi/x.ts': `import { call } from '../../test/support/http.js';` },
        { 'src/data-source.ts': `import { dataSource } from '../ormconfig.js';` },
      ],
      allows: {
        'src/openapi/x.ts': `import manifest from '../../package.json' with { type: 'json' };`,
      },
    },
  'no import is computed': {
    rule: computedImports,
    refuses: [
      { 'src/oauth/x.ts': 'const grant = await import(`./grants/${name}.js`);' },
      { 'src/oauth/x.ts': 'const grant = require(name);' },
    ],
    allows: { 'src/oauth/x.ts': `const grant = await import('./grants/password.js');` },
  },
  'files make no cycle': {
    rule: filesAreAcyclic,
    refuses: [
      {
        'src/users/a.ts': `import type { B } from './b.js';`,
        'src/users/b.ts': `import { C } from './c.js';`,
        'src/users/c.ts': `import { A } from './a.js';`,
      },
      { 'src/users/a.ts': `import { A } from './a.js';` },
    ],
    allows: {
      'src/users/a.ts': `import './b.js'; import './c.js';`,
      'src/users/b.ts': `import './c.js';`,
      'src/users/c.ts': '',
    },
  },
  'folders side by side make no cycle': {
    rule: foldersAreAcyclic,
    refuses: [
      {
        'src/users/a.ts': `import { C } from '../clients/c.js';`,
        'src/clients/d.ts': `import { B } from '../users/b.js';`,
      },
      {
        'src/platform/http/a.ts': `import { C } from '../log/pages/c.js';`,
        'src/platform/log/d.ts': `import type { B } from '../http/b.js';`,
      },
    ],
    allows: {
      'src/oauth/oauth.module.ts': `import { Grants } from './grants/grants.js';`,
      'src/oauth/grants/password.ts': `import { TokenDto } from '../token.dto.js';`,
    },
  },
  'no file is a barrel': {
    rule: noIndexFile,
    refuses: [{ 'src/users/index.ts': '' }, { 'src/index.ts': '' }],
    allows: { 'src/users/reindex.ts': '' },
  },
  'a folder has one module at most': {
    rule: oneModuleAFolder,
    refuses: [{ 'src/users/a.module.ts': '', 'src/users/b.module.ts': '' }],
    allows: { 'src/app.module.ts': '', 'src/core.module.ts': '', 'src/users/a.module.ts': '' },
  },
  'relative imports name the file': {
    rule: relativeImportsNameTheFile,
    refuses: [
      { 'src/users/x.ts': `import { User } from './user.entity';` },
      { 'src/users/x.ts': `import { User } from './user.entity.ts';` },
      { 'src/users/x.ts': `import '..';` },
    ],
    allows: { 'src/users/x.ts': `import { User } from './user.entity.js';` },
  },
  'no forwardRef': {
    rule: noForwardRef,
    refuses: [{ 'src/users/x.ts': `import { forwardRef } from '@nestjs/common';` }],
    allows: { 'src/users/x.ts': '// forwardRef rescues no cycle' },
  },
  'no default export': {
    rule: noDefaultExport,
    refuses: [
      { 'src/users/x.ts': 'export default class {}' },
      { 'src/users/x.ts': 'export default function make() {}' },
      { 'src/users/x.ts': 'export default 1;' },
      { 'src/users/x.ts': 'const it = 1; export { it as default };' },
      { 'src/users/x.ts': `export { default } from 'pino';` },
    ],
    allows: { 'src/users/x.ts': 'switch (1) { default: } export const it = { default: 1 };' },
  },
  'protocol imports only itself and what computes': {
    rule: protocolImportsNothing,
    refuses: [
      { 'src/protocol/x.ts': `import { Injectable } from '@nestjs/common';` },
      { 'src/protocol/x.ts': `import type { Repository } from 'typeorm';` },
      { 'src/protocol/x.ts': `import { readFileSync } from 'node:fs';` },
      { 'src/protocol/x.ts': `import type { IncomingMessage } from 'node:http';` },
      { 'src/protocol/x.ts': `import { isIP } from 'node:net';` },
    ],
    allows: {
      'src/protocol/x.ts': `import { createHash } from 'node:crypto'; import { y } from './y.js';`,
    },
  },
  'protocol reads no clock and does no I/O': {
    rule: protocolReadsNothing,
    refuses: [
      { 'src/protocol/x.ts': 'const now = Date.now();' },
      { 'src/protocol/x.ts': 'const now = new Date();' },
      { 'src/protocol/x.ts': 'const now = performance.now();' },
      { 'src/protocol/x.ts': 'const answer = fetch(url);' },
      { 'src/protocol/x.ts': 'console.log(token);' },
    ],
    allows: { 'src/protocol/x.ts': 'const answer = client.fetch({ Date: 1 });' },
  },
  'migrations import nothing of ours': {
    rule: migrationsStandAlone,
    refuses: [
      {
        'src/platform/database/migrations/1-x.ts': `import type { User } from '../../../users/user.entity.js';`,
      },
      { 'src/platform/database/migrations/1-x.ts': `import { y } from './2-y.js';` },
    ],
    allows: { 'src/platform/database/migrations/1-x.ts': `import { Table } from 'typeorm';` },
  },
  'only the clock reads time': {
    rule: onlyTheClockReadsTime,
    refuses: [
      { 'src/users/x.ts': 'const now = Date.now();' },
      { 'src/users/x.ts': 'const now = new Date();' },
      { 'src/users/x.ts': 'const text = new Date(seconds * 1000).toISOString();' },
      { 'src/users/x.ts': 'const { now } = Date;' },
    ],
    allows: {
      'src/platform/clock.ts': 'const now = Date.now();',
      'src/users/x.ts': 'let day: Date; const now = clock.now();',
    },
  },
  'only the settings and the entries read the environment': {
    rule: onlySettingsReadTheEnvironment,
    refuses: [
      { 'src/users/x.ts': 'const home = process.env.HOME;' },
      { 'src/users/x.ts': `const home = process['env'].HOME;` },
      { 'src/users/x.ts': 'const { env } = process;' },
      { 'src/users/x.ts': 'const home = globalThis.process.env.HOME;' },
      { 'src/users/x.ts': `import { env } from 'node:process';` },
    ],
    allows: {
      'ormconfig.ts': 'const url = process.env.DATABASE_URL;',
      'src/demo.ts': 'const url = process.env.DATABASE_URL;',
      'src/platform/settings/x.ts': 'const url = process.env.DATABASE_URL;',
      'src/users/x.ts': 'process.exit(process.argv.length);',
    },
  },
  'the schema is never synchronized': {
    rule: schemaIsNeverSynchronized,
    refuses: [
      { 'src/data-source.ts': 'const options = { synchronize: true };' },
      { 'src/data-source.ts': 'const options = { synchronize: !production };' },
      { 'src/data-source.ts': 'const options = { synchronize };' },
      { 'src/data-source.ts': 'const options = { dropSchema: true };' },
      { 'src/data-source.ts': 'await dataSource.synchronize();' },
    ],
    allows: { 'src/data-source.ts': 'const options = { synchronize: false };' },
  },
  'rows are written by insert, update and delete': {
    rule: writesAreExplicit,
    refuses: [
      { 'src/users/x.ts': `import { Repository } from 'typeorm'; await this.users.save(user);` },
      { 'src/users/x.ts': `import { InjectRepository } from '@nestjs/typeorm'; users.remove(x);` },
    ],
    allows: { 'src/users/x.ts': 'this.listeners.remove(listener);' },
  },
  'no secret has a default': {
    rule: noSecretHasADefault,
    refuses: [
      { 'src/users/x.ts': `const AUTH_SECRET = 'change-me';` },
      { 'src/users/x.ts': `const secret = env['JWT_SECRET'] ?? 'change-me';` },
      { 'src/users/x.ts': `use(env.JWT_SECRET || 'change-me');` },
      { 'src/users/x.ts': `class X { password = 'change-me'; }` },
      { 'src/users/x.ts': `function x(password = 'change-me') {}` },
      { 'src/users/x.ts': `const { client_secret: it, secret = 'change-me' } = settings;` },
      { 'src/users/x.ts': `JwtModule.register({ secret: ('change-me' as string) });` },
      { 'src/users/x.ts': `const secrets = ['change-me'];` },
      { 'src/users/x.ts': `const secret = Buffer.from('change-me');` },
      { 'src/users/x.ts': 'settings.password ||= `change-me`;' },
    ],
    allows: {
      'src/demo.ts': `const person = { password: 'secret' };`,
      'src/users/x.ts': `const PASSWORD_FILE = 'data/password'; const password = read(); const secret = true;`,
    },
  },
};

const MANIFEST = read<Manifest>('package.json');
const SOURCES = new Map([
  ...readTree('.', 'src'),
  ['ormconfig.ts', readFileSync('ormconfig.ts', 'utf8')],
]);

describe.each(Object.entries(PROMISES))('%s', (_promise, { rule, refuses, allows }) => {
  it('in src/', () => {
    expect(rule(SOURCES)).toEqual([]);
  });

  it.each(refuses.map((files) => [Object.values(files)[0] || Object.keys(files)[0], files]))(
    'which refuses %s',
    (_text, files) => {
      expect(rule(treeOf(files as Record<string, string>))).not.toEqual([]);
    },
  );

  it.runIf(allows)('and nothing else', () => {
    expect(rule(treeOf(allows ?? {}))).toEqual([]);
  });
});

describe('the dependencies of package.json', () => {
  const manifest = { dependencies: { pino: '1', '@nestjs/core': '1' } };
  const used = treeOf({
    'src/x.ts': `import 'pino'; import type { X } from '@nestjs/core/x.js'; import 'node:fs';`,
  });

  it('are all that src/ imports', () => {
    expect(everyImportIsDeclared(SOURCES, MANIFEST)).toEqual([]);
    expect(everyImportIsDeclared(used, manifest)).toEqual([]);
  });

  it('are all imported, or their reason is written down', () => {
    expect(everyDependencyIsUsed(SOURCES, MANIFEST)).toEqual([]);
    expect(everyDependencyIsUsed(used, manifest, {})).toEqual([]);
  });

  it('lack no package that is imported', () => {
    const unknown = treeOf({ 'src/x.ts': `import type { X } from '@nestjs/testing';` });
    expect(everyImportIsDeclared(unknown, manifest)).toHaveLength(1);
  });

  it('have none that nobody needs, and no reason that has gone', () => {
    const idle = treeOf({ 'src/x.ts': `import 'pino';` });
    expect(everyDependencyIsUsed(idle, manifest, {})).toEqual(['nothing imports @nestjs/core']);
    expect(everyDependencyIsUsed(idle, manifest, { '@nestjs/core': 'a peer' })).toEqual([]);
    expect(everyDependencyIsUsed(used, manifest, { pino: 'a peer' })).toHaveLength(1);
  });
});

describe('the top of the repository', () => {
  it.runIf(existsSync('.git'))('holds what CONTRIBUTING.md lists, and no more', () => {
    const listed = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
    expect(topLevelIsShort(listed.split('\0').filter(Boolean))).toEqual([]);
  });

  it('refuses a file or a folder of another name', () => {
    expect(topLevelIsShort(['lib/a.ts', 'lib/b.ts', 'notes.md', 'src/main.ts'])).toHaveLength(2);
  });
});

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
