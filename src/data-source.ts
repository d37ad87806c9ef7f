import { Task } from './examples/tasks/task.entity.js';
import { SigningKey } from './keys/signing-key.entity.js';
import { HallpassDataSource } from './platform/database/hallpass-data-source.js';
import { CreateUsers1794000000001 } from './platform/database/migrations/1794000000001-create-users.js';
import { CreateSigningKeys1794000000002 } from './platform/database/migrations/1794000000002-create-signing-keys.js';
import { CreateSessions1794000000003 } from './platform/database/migrations/1794000000003-create-sessions.js';
import { CreateTasks1794000000004 } from './platform/database/migrations/1794000000004-create-tasks.js';
import { databaseOptions } from './platform/database/options.js';
import { Session } from './sessions/session.entity.js';
import { User } from './users/user.entity.js';

const entities = [
  User,
  SigningKey,
  Session,
  Task, // of the examples
];

const migrations = [
  CreateUsers1794000000001,
  CreateSigningKeys1794000000002,
  CreateSessions1794000000003,
  CreateTasks1794000000004,
];

/** Not yet connected: `initialize()` does that, `runMigrations()` makes the tables. */
export function createDataSource(databaseUrl: string): HallpassDataSource {
  return new HallpassDataSource({ ...databaseOptions(databaseUrl), entities, migrations });
}
