import { createDataSource } from '../../../src/data-source.js';
import {
  type Child,
  emptyFolder,
  listening,
  type Server,
  start,
  testing,
} from '../../cli/processes.js';
import { throwAwayDatabase } from '../../support/database.js';

/** A database of its own, with its tables, and the built server that may be started on it. */
export interface Place {
  readonly databaseUrl: string;
  /** Starts it, and waits until it listens. */
  start(): Promise<Server>;
  /** Starts it, and waits for nothing. */
  spawn(): Child;
  /** Kills what was started, and drops the database. */
  close(): Promise<void>;
}

export const ADMIN = { username: 'admin', password: 'correct horse' } as const;

export async function openPlace(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const database = await throwAwayDatabase();
  const folder = await emptyFolder();
  await migrate(database.url);
  const children: Child[] = [];
  const settings = {
    ...testing,
    DATABASE_URL: database.url,
    ADMIN_PASSWORD: ADMIN.password,
    PUBLIC_URL: 'http://localhost:3000', // the issuer stays when the port does not
    PORT: '0',
    LOG_LEVEL: 'warn',
    ...env,
  };
  const spawn = () => {
    const child = start('main', [], { cwd: folder.path, env: settings });
    children.push(child);
    return child;
  };
  return {
    databaseUrl: database.url,
    start: () => listening(spawn()),
    spawn,
    close: async () => {
      for (const child of children) child.process.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
      await database.drop();
      await folder.remove();
    },
  };
}

async function migrate(url: string): Promise<void> {
  const dataSource = await createDataSource(url).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}
