import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientAdministration } from '../admin/client-administration.js';
import { NotedRefusals } from '../admin/noted-refusals.js';
import { UserAdministration } from '../admin/user-administration.js';
import { ClientsModule } from '../clients/clients.module.js';
import { CoreModule } from '../core.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { MEMORY_DATABASE } from '../platform/settings/database-url.js';
import { loadSettings, readEnvironment } from '../platform/settings/load-settings.js';
import type { Settings } from '../platform/settings/settings.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { Purge } from '../tokens/purge.js';
import { UsersModule } from '../users/users.module.js';
import { Refused } from './refusal.js';

@Module({})
class CliModule {
  static of(settings: Settings) {
    return {
      module: CliModule,
      imports: [CoreModule.of(settings), UsersModule, ClientsModule, SessionsModule, KeysModule],
      // Purge without its module: no command signs or verifies a token.
      providers: [ClientAdministration, UserAdministration, NotedRefusals, Purge],
    };
  }
}

/**
 * Runs a command on the server's own settings and database, and closes whatever it opened.
 *
 * @throws {SettingsError}
 * @throws {Error} when the database cannot be opened, or has pending migrations
 */
export async function withContext<T>(
  work: (context: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const settings = loadSettings(readEnvironment());
  if (settings.DATABASE_URL === MEMORY_DATABASE) {
    throw new Refused(
      `DATABASE_URL is ${MEMORY_DATABASE}, which no other process shares: a command on it would change nothing`,
    );
  }
  const context = await NestFactory.createApplicationContext(CliModule.of(settings), {
    logger: false,
    abortOnError: false,
  });
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
