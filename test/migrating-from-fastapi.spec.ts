import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFault } from '../src/users/hashes/kinds.js';
import { hallpass, testing } from './cli/processes.js';
import { codeBlocks, scenesOf } from './support/transcript.js';

const PAGE = readFileSync('docs/migrating-from-fastapi.md', 'utf8');
const [FROM_FASTAPI = '', FROM_DJANGO = ''] = codeBlocks(PAGE, 'python');

/** Debian's, which has Django; any other is as good for what needs no package. */
const DJANGO = '/usr/bin/python3';
const hasPython = spawnSync('python3', ['-c', 'import csv, sqlite3']).status === 0;
const hasDjango = spawnSync(DJANGO, ['-c', 'import argon2, django']).status === 0;

const HASHES = [
  '$argon2id$v=19$m=65536,t=3,p=4$wagCPXjifgvUFBzq4hqe3w$CYaIb8sB+wtD+Vu/P4uod1+Qof8h+1g7bbDlBID48Rc',
  '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW',
];

/** As SQLAlchemy makes it of the tutorial's model. */
const TABLE = `
CREATE TABLE users (
  id INTEGER NOT NULL, username VARCHAR NOT NULL, email VARCHAR, full_name VARCHAR,
  disabled BOOLEAN, hashed_password VARCHAR NOT NULL, PRIMARY KEY (id), UNIQUE (username));
INSERT INTO users (username, email, full_name, disabled, hashed_password) VALUES
  ('johndoe', 'johndoe@example.com', 'John Doe', 0, '${HASHES[0]}'),
  ('alice', 'alice@example.com', 'Alice Wonderson', 0, '${HASHES[1]}'),
  ('bob', 'bob@example.com', NULL, 1, '${HASHES[1]}'),
  ('carol', 'carol@example.com', NULL, 0, '5ebe2294ecd0e0f08eab7690d2a6ee69');`;

describe("the page's way from another application", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hallpass-migrating-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  /** What the page types in place of a file that the reader has. */
  function shownFile(): string {
    const step = scenesOf(PAGE)[0]?.steps[0]?.command ?? '';
    expect(step).toMatch(/^printf .* > users\.csv$/s);
    return run('bash', '-c', step.replace(/ > users\.csv$/, ''));
  }

  it('shows a file as the import takes it, with the hashes of the tutorial', () => {
    for (const hash of HASHES) {
      expect(shownFile()).toContain(hash);
      expect(hashFault(hash)).toBeUndefined();
    }
  });

  it.runIf(hasPython)(
    'python3 export_users.py > users.csv writes the file that is shown',
    async () => {
      await makeTable(join(folder, 'app.db'));
      await writeFile(join(folder, 'export_users.py'), FROM_FASTAPI);
      expect(run('python3', 'export_users.py')).toBe(shownFile());
    },
  );

  it.runIf(hasDjango)("its lines for Django's shell write what the import takes", async () => {
    await writeFile(join(folder, 'export.py'), FROM_DJANGO);
    await writeFile(join(folder, 'shell.py'), SHELL);
    await writeFile(join(folder, 'users.csv'), run(DJANGO, 'shell.py'));
    const env = { ...testing, DATABASE_URL: 'sqlite:hallpass.sqlite' };
    const place = { cwd: folder, env };
    const done = await hallpass(['user', 'import', 'users.csv'], place);
    expect(done.stderr).toBe('');
    expect(done.stdout).toBe(
      '4 imported, 0 refused\n1 of the imported have no password, and set one by mail\n',
    );
    const { stdout } = await hallpass(['user', 'list', '--json'], place);
    expect(JSON.parse(stdout)).toMatchObject([
      { username: 'root', role: 'admin', disabled: false },
      { username: 'grace', full_name: 'Grace, Brewster Hopper', disabled: true },
      { username: 'ada', email: 'ada@example.com', role: 'user' },
      { username: 'nobody', full_name: null },
    ]);
  });
});

function makeTable(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file);
    database.exec(TABLE);
    database.close((error) => (error ? reject(error) : resolve()));
  });
}

/** `manage.py shell` of an application with people in it. */
const SHELL = `
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command

call_command("migrate", verbosity=0)
User.objects.create_superuser("root", password="secret")
User.objects.create(
    username="grace", first_name="Grace, Brewster", last_name="Hopper", is_active=False,
    password=make_password("secret", hasher="pbkdf2_sha1"),
)
User.objects.create(
    username="ada", email="ada@example.com", password=make_password("secret", hasher="argon2"),
)
User.objects.create_user("nobody")
exec(open("export.py").read())
`;
