import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CoreModule } from '../../../src/core.module.js';
import { Clock } from '../../../src/platform/clock.js';
import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { LiveSessions } from '../../../src/sessions/live-sessions.js';
import { SessionsModule } from '../../../src/sessions/sessions.module.js';
import { AuthorizationCode } from '../../../src/tokens/authorization-code.entity.js';
import { AuthorizationCodes } from '../../../src/tokens/authorization-codes.js';
import { AccountLinks } from '../../../src/users/account-links.js';
import { UsersModule } from '../../../src/users/users.module.js';
import { Passwords } from '../../../src/users/passwords.js';
import { UsersService } from '../../../src/users/users.service.js';
import { TEST_SECRET } from '../../support/app.js';
import type { TestClient } from '../../support/clients.js';
import { addApplication, issueCode } from '../../support/codes.js';
import type { Person } from './account-changes.js';

export interface Operator {
  readonly users: UsersService;
  readonly passwords: Passwords;
  readonly links: AccountLinks;
  /** where codes are redeemed */
  readonly application: TestClient;
  /** one that a person whose epoch is still 0 let the application have */
  readonly issueCode: (person: Person) => Promise<string>;
  /** the ids of what lives of a person */
  readonly liveSessionsOf: (person: Person) => Promise<string[]>;
  close(): Promise<void>;
}

/** What the command line is made of, beside a server on the same database: another process, to the server. */
export async function operatorOn(databaseUrl: string): Promise<Operator> {
  const settings = loadSettings({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: TEST_SECRET,
    PASSWORD_COST: '4',
  });
  const codes = TypeOrmModule.forFeature([AuthorizationCode]);
  const imports = [CoreModule.of(settings), UsersModule, SessionsModule, codes];
  const providers = [AuthorizationCodes];
  const context = await Test.createTestingModule({ imports, providers }).compile();
  const place = { app: context, clock: context.get(Clock) };
  const application = await addApplication(place);
  return {
    users: context.get(UsersService),
    passwords: context.get(Passwords),
    links: context.get(AccountLinks),
    application,
    issueCode: ({ id }) =>
      issueCode(place, { user: { id, authEpoch: 0 }, client: { id: application.id, epoch: 0 } }),
    liveSessionsOf: async ({ id: userId }) => {
      const ids: string[] = [];
      for await (const { id } of context.get(LiveSessions).each({ userId })) ids.push(id);
      return ids;
    },
    close: () => context.close(),
  };
}
