import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, MoreThan, Repository } from 'typeorm';
import { Audit, type AuditEvent, type Doer } from '../platform/audit/audit.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { Page, type PageQuery } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { Settings } from '../platform/settings/settings.js';
import { Client } from './client.entity.js';
import { hashClientSecret, makeClientSecret } from './client-secret.js';
import { isBuiltIn, isClientId } from './clients.js';
import { asServed } from './docs-client.js';
import { BuiltInClientStays, NoSuchClient, PublicClientHasNoSecret } from './refusals.js';
import type { Registration } from './registration.js';

/** What may be changed of a client. Whether it is confidential may not: its kind of user would change. */
export type ClientChanges = Partial<Omit<Registration, 'confidential'> & Pick<Client, 'disabled'>>;

/** A client, and its secret in the one moment in which anybody knows it. */
export interface ClientWithSecret {
  readonly client: Client;
  /** null for a public client */
  readonly secret: string | null;
}

/** A client before and after a change; an epoch that differs tells that its sessions have ended. */
export interface ChangedClient {
  readonly before: Client;
  readonly after: Client;
}

/** Looks at a client as it is now, and throws what speaks against the deed. */
export type Review = (client: Client) => void;

/** A second secret lets a machine change over without an interruption; with a third the oldest retires. */
const SECRETS_AT_ONCE = 2;
/** Each round lost is one that another change won; more than this, and the row is not as it is read. */
const MOST_ROUNDS = 100;

/**
 * Registers clients and changes them. Whoever calls has checked what is registered against its rules.
 *
 * Each change reads the row, decides, and writes only if nothing that it decided by has changed
 * meanwhile; else it decides again. What ends a client's sessions and tokens raises its epoch in the
 * very UPDATE that ends them, so nothing ever brings them back.
 */
@Injectable()
export class ClientRegistry {
  constructor(
    @InjectRepository(Client) private readonly rows: Repository<Client>,
    private readonly clock: Clock,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly settings: Settings,
  ) {}

  /** In the order in which they were made; the built-in ones, whose ids sort so, are the last. */
  async page({ limit, after }: PageQuery): Promise<Page<Client>> {
    const rows = await this.rows.find({
      where: after === undefined ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return Page.of(rows, limit).map((client) => asServed(client, this.settings));
  }

  /** In the order of `page()`. */
  async list(): Promise<Client[]> {
    const rows = await this.rows.find({ order: { id: 'ASC' } });
    return rows.map((client) => asServed(client, this.settings));
  }

  /**
   * As the database has it now.
   *
   * @throws {NoSuchClient}
   */
  async read(id: string): Promise<Client> {
    return asServed(await this.readRow(id), this.settings);
  }

  async register(registration: Registration, by: Doer): Promise<ClientWithSecret> {
    const now = this.clock.now();
    const secret = registration.confidential ? makeClientSecret() : null;
    const client = this.rows.create({
      ...registration,
      id: newId(),
      secretHashes: secret === null ? [] : [hashClientSecret(secret)],
      disabled: false,
      epoch: 0,
      createdAt: now,
      updatedAt: now,
    });
    await this.rows.insert(client);
    await this.tell(client.id, ['client.created'], by);
    return { client, secret };
  }

  /**
   * Disabling ends every session and token of the client, and enabling revives none.
   *
   * @param decide from the client as it is now
   * @throws {NoSuchClient}
   */
  change(id: string, decide: (client: Client) => ClientChanges, by: Doer): Promise<ChangedClient> {
    return this.write(id, by, (client) => {
      const changes = differing(client, decide(client));
      const { disabled, ...others } = changes;
      const events: AuditEvent[] = Object.keys(others).length > 0 ? ['client.changed'] : [];
      if (disabled === undefined) return { changes, events };
      return disabled
        ? {
            changes: { ...changes, ...endOfTokens(client) },
            events: [...events, 'client.disabled'],
          }
        : { changes, events: [...events, 'client.enabled'] };
    });
  }

  /**
   * Makes one more secret. The two newest are valid; tokens that one of them got outlive it.
   *
   * @returns the secret, which nobody can read again
   * @throws {NoSuchClient}
   * @throws {PublicClientHasNoSecret}
   */
  async makeSecret(id: string, review: Review, by: Doer): Promise<string> {
    const secret = makeClientSecret();
    await this.write(id, by, (client) => {
      review(client);
      if (!client.confidential) throw new PublicClientHasNoSecret();
      const secretHashes = [hashClientSecret(secret), ...client.secretHashes];
      return {
        changes: { secretHashes: secretHashes.slice(0, SECRETS_AT_ONCE) },
        events: ['client.secret_created'],
      };
    });
    return secret;
  }

  /**
   * For secrets that somebody may have stolen: they are refused from now on, and so is every token
   * and session of the client, whichever secret it came by.
   *
   * @param keep 'newest' for a client that has changed over already
   * @throws {NoSuchClient}
   * @throws {PublicClientHasNoSecret}
   */
  async withdrawSecrets(
    id: string,
    keep: 'none' | 'newest',
    review: Review,
    by: Doer,
  ): Promise<void> {
    await this.write(id, by, (client) => {
      review(client);
      if (!client.confidential) throw new PublicClientHasNoSecret();
      const secretHashes = keep === 'newest' ? client.secretHashes.slice(0, 1) : [];
      return {
        changes: { secretHashes, ...endOfTokens(client) },
        events: ['client.secrets_withdrawn'],
      };
    });
  }

  /**
   * Every session and token of the client ends with it.
   *
   * @throws {NoSuchClient}
   * @throws {BuiltInClientStays}
   */
  async delete(id: string, review: Review, by: Doer): Promise<void> {
    await this.untilUnchanged(id, async (client) => {
      review(client);
      if (isBuiltIn(id)) throw new BuiltInClientStays();
      const { affected } = await this.rows.delete(asRead(client));
      return affected === 1 ? client : undefined;
    });
    await this.tell(id, ['client.deleted'], by);
  }

  private async write(
    id: string,
    by: Doer,
    decide: (client: Client) => { changes: Partial<Client>; events: AuditEvent[] },
  ): Promise<ChangedClient> {
    const { told, ...changed } = await this.untilUnchanged(id, async (row) => {
      const before = asServed(row, this.settings);
      const { changes, events } = decide(before);
      if (events.length === 0) return { before, after: before, told: events };
      const written = { ...changes, updatedAt: this.clock.now() };
      const { affected } = await this.rows.update(asRead(row), written);
      const after = { ...before, ...written };
      return affected === 1 ? { before, after, told: events } : undefined;
    });
    if (told.length > 0) await this.tell(id, told, by);
    return changed;
  }

  /** @param attempt returns undefined when the row was no longer as it was read */
  private async untilUnchanged<T>(
    id: string,
    attempt: (row: Client) => Promise<T | undefined>,
  ): Promise<T> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const done = await attempt(await this.readRow(id));
      if (done !== undefined) return done;
    }
    throw new Error(`the client ${id} was changed again and again while it was written`);
  }

  private async readRow(id: string): Promise<Client> {
    const row = isClientId(id) ? await this.rows.findOneBy({ id }) : null;
    if (!row) throw new NoSuchClient();
    return row;
  }

  /** After the write and before the answer: the next request must find the client as it is now. */
  private async tell(id: string, events: readonly AuditEvent[], by: Doer): Promise<void> {
    this.changes.announce({ of: 'client', id });
    for (const event of events) await this.audit.record({ event, by, subject: `client:${id}` });
  }
}

/** The row, if all that a decision can hang on is still as it was read. */
function asRead(client: Client): FindOptionsWhere<Client> {
  const { id, firstParty, grants, scopes, redirectUris, secretHashes, disabled, epoch } = client;
  return {
    id,
    firstParty,
    grants,
    scopes,
    redirectUris,
    secretHashes,
    disabled,
    epoch,
  } as FindOptionsWhere<Client>; // lists are one text in the database, which TypeORM's types do not know
}

function endOfTokens({ epoch }: Client): Pick<Client, 'epoch'> {
  return { epoch: epoch + 1 };
}

/** Without what is so already. */
function differing(client: Client, changes: ClientChanges): ClientChanges {
  const fields = Object.entries(changes).filter(
    ([field, value]) =>
      value !== undefined &&
      JSON.stringify(value) !== JSON.stringify(client[field as keyof ClientChanges]),
  );
  return Object.fromEntries(fields);
}
