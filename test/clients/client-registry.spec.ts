import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Client } from '../../src/clients/client.entity.js';
import { ClientRegistry } from '../../src/clients/client-registry.js';
import { hashClientSecret } from '../../src/clients/client-secret.js';
import {
  BuiltInClientStays,
  NoSuchClient,
  PublicClientHasNoSecret,
} from '../../src/clients/refusals.js';
import type { Registration } from '../../src/clients/registration.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { startApp, type TestApp } from '../support/app.js';

const MACHINE: Registration = {
  name: 'Report builder',
  confidential: true,
  firstParty: false,
  grants: ['client_credentials'],
  scopes: ['tasks:read'],
  redirectUris: [],
  postLogoutRedirectUris: [],
  idTokenSignedResponseAlg: 'RS256',
};
const anything = () => undefined;

describe('ClientRegistry', () => {
  let service: TestApp;
  let registry: ClientRegistry;
  let rows: Repository<Client>;

  beforeAll(async () => {
    service = await startApp();
    registry = service.app.get(ClientRegistry);
    rows = service.app.get(getRepositoryToken(Client));
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => service.close());

  const register = async (changes: Partial<Registration> = {}) => {
    const { client, secret } = await registry.register({ ...MACHINE, ...changes }, OPERATOR);
    return { id: client.id, client, secret };
  };
  const rowOf = (id: string) => rows.findOneByOrFail({ id });
  const eventsOf = async (id: string) => {
    const entries = service.app.get<Repository<AuditEntry>>(getRepositoryToken(AuditEntry));
    const all = await entries.find({ where: { subject: `client:${id}` }, order: { id: 'ASC' } });
    return all.map(({ event }) => event);
  };

  it('answers a client as the row is', async () => {
    const { id, client } = await register({ redirectUris: ['https://app.example.com/cb'] });
    expect(await rowOf(id)).toEqual(client);
  });

  it('keeps of a secret of 256 bits its SHA-256 alone', async () => {
    const { id, secret } = await register();
    expect(Buffer.from(String(secret).replace('hp_cs_', ''), 'base64url')).toHaveLength(32);
    const row = await rowOf(id);
    expect(row.secretHashes).toEqual([hashClientSecret(String(secret))]);
    expect(JSON.stringify(row)).not.toContain(String(secret).slice(6));
  });

  it('gives a public client no secret, neither at first nor later', async () => {
    const { id, secret } = await register({ confidential: false, grants: [] });
    expect(secret).toBeNull();
    await expect(registry.makeSecret(id, anything, OPERATOR)).rejects.toThrow(
      PublicClientHasNoSecret,
    );
    await expect(registry.withdrawSecrets(id, 'none', anything, OPERATOR)).rejects.toThrow(
      PublicClientHasNoSecret,
    );
    expect((await rowOf(id)).secretHashes).toEqual([]);
    expect(await eventsOf(id)).toEqual(['client.created']);
  });

  it('keeps the two newest of eight secrets that are made at once, and loses none of the writes', async () => {
    const { id } = await register();
    const secrets = await Promise.all(
      Array.from({ length: 8 }, () => registry.makeSecret(id, anything, OPERATOR)),
    );
    const { secretHashes, epoch } = await rowOf(id);
    const made = new Set(secrets.map(hashClientSecret));
    expect(secretHashes).toHaveLength(2);
    expect(new Set(secretHashes).size).toBe(2);
    expect(secretHashes.every((hash) => made.has(hash))).toBe(true);
    expect(epoch).toBe(0);
    const events = await eventsOf(id);
    expect(events.filter((event) => event === 'client.secret_created')).toHaveLength(8);
  });

  it('decides again when the row has changed since it was read', async () => {
    const { id } = await register();
    const decide = vi.fn<(client: Client) => { name: string }>(() => ({ name: 'New' }));
    const update = rows.update.bind(rows);
    vi.spyOn(rows, 'update').mockImplementationOnce(async (where, changes) => {
      await update({ id }, { firstParty: true }); // somebody else, in between
      return update(where, changes);
    });
    await registry.change(id, decide, OPERATOR);
    expect(decide).toHaveBeenCalledTimes(2);
    expect(decide).toHaveBeenLastCalledWith(expect.objectContaining({ firstParty: true }));
    expect(await rowOf(id)).toMatchObject({ name: 'New', firstParty: true });
  });

  it('never lets two changes at once break a rule that each of them kept', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await register({ firstParty: true });
      const outcomes = await Promise.allSettled([
        registry.change(id, (client) => keeping({ ...client, firstParty: false }), OPERATOR),
        registry.change(id, (client) => keeping({ ...client, grants: ['password'] }), OPERATOR),
      ]);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    }

    function keeping({ firstParty, grants }: Client) {
      if (grants.includes('password') && !firstParty) throw new Error('the rule');
      return { firstParty, grants };
    }
  });

  it('raises the epoch once, and writes it down once, when it is disabled by five at once', async () => {
    const { id } = await register();
    await Promise.all(
      Array.from({ length: 5 }, () => registry.change(id, () => ({ disabled: true }), OPERATOR)),
    );
    expect(await rowOf(id)).toMatchObject({ disabled: true, epoch: 1 });
    expect(await eventsOf(id)).toEqual(['client.created', 'client.disabled']);
    await registry.change(id, () => ({ disabled: false }), OPERATOR);
    expect(await rowOf(id)).toMatchObject({ disabled: false, epoch: 1 });
    expect(await eventsOf(id)).toContain('client.enabled');
  });

  it('writes nothing for a change that changes nothing', async () => {
    const { id, client } = await register();
    service.clock.forward({ seconds: 60 });
    const { name, scopes } = client;
    await registry.change(id, () => ({ name, scopes: [...scopes], disabled: false }), OPERATOR);
    expect(await rowOf(id)).toEqual(client);
    expect(await eventsOf(id)).toEqual(['client.created']);
  });

  it.each([
    ['none', []],
    ['newest', [1]],
  ] as const)(
    'withdraws the secrets and keeps %s, and raises the epoch in the same UPDATE',
    async (keep, left) => {
      const { id, secret } = await register();
      const secrets = [String(secret), await registry.makeSecret(id, anything, OPERATOR)];
      const updates = vi.spyOn(rows, 'update');
      await registry.withdrawSecrets(id, keep, anything, OPERATOR);
      expect(updates).toHaveBeenCalledTimes(1);
      const kept = left.map((index) => hashClientSecret(String(secrets[index])));
      expect(await rowOf(id)).toMatchObject({ secretHashes: kept, epoch: 1 });
      expect(await eventsOf(id)).toEqual([
        'client.created',
        'client.secret_created',
        'client.secrets_withdrawn',
      ]);
    },
  );

  it('deletes the row, once', async () => {
    const { id } = await register();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 3 }, () => registry.delete(id, anything, OPERATOR)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(registry.read(id)).rejects.toThrow(NoSuchClient);
    expect(await eventsOf(id)).toEqual(['client.created', 'client.deleted']);
  });

  it.each(['hallpass', 'hallpass-docs'])('never deletes the built-in client %s', async (id) => {
    await expect(registry.delete(id, anything, OPERATOR)).rejects.toThrow(BuiltInClientStays);
    expect(await rowOf(id)).toMatchObject({ disabled: false });
  });

  it('does nothing that the review refuses', async () => {
    const { id, client } = await register();
    const refuse = () => {
      throw new Error('not yours');
    };
    await expect(registry.makeSecret(id, refuse, OPERATOR)).rejects.toThrow('not yours');
    await expect(registry.withdrawSecrets(id, 'none', refuse, OPERATOR)).rejects.toThrow(
      'not yours',
    );
    await expect(registry.delete(id, refuse, OPERATOR)).rejects.toThrow('not yours');
    expect(await rowOf(id)).toEqual(client);
  });

  it.each(['nobody', '', '\0', 'ü', 'x'.repeat(65)])('knows no client %j', async (id) => {
    await expect(registry.read(id)).rejects.toThrow(NoSuchClient);
    await expect(registry.change(id, () => ({}), OPERATOR)).rejects.toThrow(NoSuchClient);
    await expect(registry.delete(id, anything, OPERATOR)).rejects.toThrow(NoSuchClient);
  });
});
