import { Client } from './clients/client.entity.js';
import { Consent } from './consents/consent.entity.js';
import { Task } from './examples/tasks/task.entity.js';
import { SigningKey } from './keys/signing-key.entity.js';
import { AuditEntry } from './platform/audit/audit-entry.entity.js';
import { HallpassDataSource } from './platform/database/hallpass-data-source.js';
import { CreateUsers1794000000001 } from './platform/database/migrations/1794000000001-create-users.js';
import { CreateSigningKeys1794000000002 } from './platform/database/migrations/1794000000002-create-signing-keys.js';
import { CreateSessions1794000000003 } from './platform/database/migrations/1794000000003-create-sessions.js';
import { CreateTasks1794000000004 } from './platform/database/migrations/1794000000004-create-tasks.js';
import { CreateClients1794000000005 } from './platform/database/migrations/1794000000005-create-clients.js';
import { RotateSessions1794000000006 } from './platform/database/migrations/1794000000006-rotate-sessions.js';
import { RotateSigningKeys1794000000007 } from './platform/database/migrations/1794000000007-rotate-signing-keys.js';
import { CreateAuditLog1794000000008 } from './platform/database/migrations/1794000000008-create-audit-log.js';
import { CreateRevokedTokens1794000000009 } from './platform/database/migrations/1794000000009-create-revoked-tokens.js';
import { CreateKnownDevices1794000000010 } from './platform/database/migrations/1794000000010-create-known-devices.js';
import { CreateLimitCounters1794000000011 } from './platform/database/migrations/1794000000011-create-limit-counters.js';
import { VerifyEmails1794000000012 } from './platform/database/migrations/1794000000012-verify-emails.js';
import { CreateAccountLinks1794000000013 } from './platform/database/migrations/1794000000013-create-account-links.js';
import { FindInAuditLog1794000000015 } from './platform/database/migrations/1794000000015-find-in-audit-log.js';
import { CreateAuthorizationCodes1794000000016 } from './platform/database/migrations/1794000000016-create-authorization-codes.js';
import { CreateBrowserSessions1794000000017 } from './platform/database/migrations/1794000000017-create-browser-sessions.js';
import { CreateConsents1794000000018 } from './platform/database/migrations/1794000000018-create-consents.js';
import { SignIdTokens1794000000019 } from './platform/database/migrations/1794000000019-sign-id-tokens.js';
import { CreateDocsClient1794000000020 } from './platform/database/migrations/1794000000020-create-docs-client.js';
import { IndexLiveSessions1794000000021 } from './platform/database/migrations/1794000000021-index-live-sessions.js';
import { databaseOptions, inspectionOptions } from './platform/database/options.js';
import { LimitCounter } from './platform/limits/limit-counter.entity.js';
import { BrowserSession } from './sessions/browser-session.entity.js';
import { KnownDevice } from './sessions/known-device.entity.js';
import { Session } from './sessions/session.entity.js';
import { AuthorizationCode } from './tokens/authorization-code.entity.js';
import { RevokedToken } from './tokens/revoked-token.entity.js';
import { AccountLink } from './users/account-link.entity.js';
import { User } from './users/user.entity.js';

const entities = [
  User,
  AccountLink,
  Client,
  SigningKey,
  Session,
  BrowserSession,
  KnownDevice,
  AuthorizationCode,
  Consent,
  RevokedToken,
  LimitCounter,
  AuditEntry,
  Task, // of the examples
];

const migrations = [
  CreateUsers1794000000001,
  CreateSigningKeys1794000000002,
  CreateSessions1794000000003,
  CreateTasks1794000000004,
  CreateClients1794000000005,
  RotateSessions1794000000006,
  RotateSigningKeys1794000000007,
  CreateAuditLog1794000000008,
  CreateRevokedTokens1794000000009,
  CreateKnownDevices1794000000010,
  CreateLimitCounters1794000000011,
  VerifyEmails1794000000012,
  CreateAccountLinks1794000000013,
  FindInAuditLog1794000000015,
  CreateAuthorizationCodes1794000000016,
  CreateBrowserSessions1794000000017,
  CreateConsents1794000000018,
  SignIdTokens1794000000019,
  CreateDocsClient1794000000020,
  IndexLiveSessions1794000000021,
];

/** Not yet connected: `initialize()` does that, `runMigrations()` makes the tables. */
export function createDataSource(databaseUrl: string): HallpassDataSource {
  return new HallpassDataSource({ ...databaseOptions(databaseUrl), entities, migrations });
}

/** As `createDataSource()`, to look at a database and change nothing of it. */
export function createInspection(databaseUrl: string): HallpassDataSource {
  return new HallpassDataSource({ ...inspectionOptions(databaseUrl), entities, migrations });
}
