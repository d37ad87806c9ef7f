import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Client } from '../../src/clients/client.entity.js';
import { hashClientSecret, makeClientSecret } from '../../src/clients/client-secret.js';
import { Changes } from '../../src/platform/changes.js';
import type { Clock } from '../../src/platform/clock.js';
import { newId } from '../../src/platform/ids.js';
import type { TestApp } from './app.js';
import { basic } from './oauth.js';

type Container = Pick<TestApp['app'], 'get'>;

export interface TestClient {
  readonly id: string;
  /** '' for a public client */
  readonly secret: string;
  /** the header of HTTP Basic */
  readonly credentials: { authorization: string };
}

/** A confidential client with client_credentials and `users:read`, unless told otherwise; its row is written directly. */
export async function addClient(
  { app, clock }: { readonly app: Container; readonly clock: Clock },
  changes: Partial<Client> = {},
): Promise<TestClient> {
  const id = changes.id ?? newId();
  const confidential = changes.confidential ?? true;
  const secret = confidential ? makeClientSecret() : '';
  await clientRows(app).insert({
    id,
    name: `Test client ${id}`,
    confidential,
    firstParty: false,
    grants: ['client_credentials'],
    scopes: ['users:read'],
    redirectUris: [],
    postLogoutRedirectUris: [],
    secretHashes: confidential ? [hashClientSecret(secret)] : [],
    disabled: false,
    epoch: 0,
    createdAt: clock.now(),
    updatedAt: clock.now(),
    ...changes,
  });
  return { id, secret, credentials: basic(`${id}:${secret}`) };
}

/** Changes the row of a client as the service does: write, announce. */
export async function changeClient(
  { app }: Pick<TestApp, 'app'>,
  id: string,
  changes: Partial<Client>,
): Promise<void> {
  await clientRows(app).update({ id }, changes);
  app.get(Changes).announce({ of: 'client', id });
}

/** Deletes the row of a client as the service does: write, announce. */
export async function deleteClient({ app }: Pick<TestApp, 'app'>, id: string): Promise<void> {
  await clientRows(app).delete({ id });
  app.get(Changes).announce({ of: 'client', id });
}

function clientRows(app: Container): Repository<Client> {
  return app.get(getRepositoryToken(Client));
}
