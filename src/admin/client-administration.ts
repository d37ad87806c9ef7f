import { Injectable } from '@nestjs/common';
import { beyondReach, type ClientManager } from '../auth/client-manager.js';
import { clientScopesFault } from '../auth/scopes.js';
import type { Client } from '../clients/client.entity.js';
import {
  type ClientChanges,
  ClientRegistry,
  type ClientWithSecret,
} from '../clients/client-registry.js';
import { DOCS_CLIENT_ID } from '../clients/docs-client.js';
import { type Registration, registrationFaults } from '../clients/registration.js';
import { type AuditEvent, subjectOf } from '../platform/audit/audit.js';
import { MassEnd } from '../sessions/mass-end.js';
import { BeyondReach } from './beyond-reach.js';
import { UnfitClient } from './client-refusals.js';
import { NotedRefusals } from './noted-refusals.js';

/**
 * What administrators, machines and the command line do with clients: the rules first, then the
 * registry, then the sessions that ended are told why.
 */
@Injectable()
export class ClientAdministration {
  constructor(
    private readonly registry: ClientRegistry,
    private readonly massEnd: MassEnd,
    private readonly refusals: NotedRefusals,
  ) {}

  /**
   * @throws {UnfitClient}
   * @throws {BeyondReach}
   */
  async register(registration: Registration, manager: ClientManager): Promise<ClientWithSecret> {
    refuseUnfit(registration);
    await this.noting('client.created', undefined, manager, () =>
      refuseBeyond(registration, manager),
    );
    return this.registry.register(registration, manager.by);
  }

  /**
   * The rules hold for the whole client as it is after the change. Disabling asks for none of them:
   * a client that fits no more must be stopped at once.
   *
   * @throws {NoSuchClient}
   * @throws {BeyondReach} for the client before the change, for what would become of it, and for enabling it
   * @throws {UnfitClient}
   */
  async change(id: string, changes: ClientChanges, manager: ClientManager): Promise<Client> {
    const decide = (client: Client) => {
      refuseBeyond(client, manager);
      refuseEnabling(client, changes, manager);
      refuseMovingDocs(client, changes);
      const changed = { ...client, ...changes };
      if (touchesRegistration(changes)) refuseUnfit(changed);
      refuseBeyond(changed, manager);
      return changes;
    };
    const { before, after } = await this.noting(eventOf(changes), id, manager, () =>
      this.registry.change(id, decide, manager.by),
    );
    if (after.epoch !== before.epoch) {
      await this.massEnd.explain({ clientId: id }, 'client_disabled', manager.by);
    }
    return after;
  }

  /**
   * @returns one more secret, which is shown this once
   * @throws {NoSuchClient}
   * @throws {BeyondReach}
   * @throws {PublicClientHasNoSecret}
   */
  makeSecret(id: string, manager: ClientManager): Promise<string> {
    return this.noting('client.secret_created', id, manager, () =>
      this.registry.makeSecret(id, reviewFor(manager), manager.by),
    );
  }

  /**
   * @throws {NoSuchClient}
   * @throws {BeyondReach}
   * @throws {PublicClientHasNoSecret}
   */
  async withdrawSecrets(
    id: string,
    keep: 'none' | 'newest',
    manager: ClientManager,
  ): Promise<void> {
    await this.noting('client.secrets_withdrawn', id, manager, () =>
      this.registry.withdrawSecrets(id, keep, reviewFor(manager), manager.by),
    );
    await this.massEnd.explain({ clientId: id }, 'client_secrets_withdrawn', manager.by);
  }

  /**
   * @throws {NoSuchClient}
   * @throws {BeyondReach}
   * @throws {BuiltInClientStays}
   */
  async delete(id: string, manager: ClientManager): Promise<void> {
    await this.noting('client.deleted', id, manager, () =>
      this.registry.delete(id, reviewFor(manager), manager.by),
    );
    await this.massEnd.explain({ clientId: id }, 'client_deleted', manager.by);
  }

  /** @param id undefined of a client that is not made yet: then it is noted of who wanted it */
  private noting<T>(
    event: AuditEvent,
    id: string | undefined,
    { by }: ClientManager,
    work: () => T | Promise<T>,
  ): Promise<T> {
    const subject = id === undefined ? subjectOf(by) : (`client:${id}` as const);
    return this.refusals.noting({ event, by, subject }, work);
  }
}

/** What a change is written down as when it is refused, which it is as a whole. */
function eventOf({ disabled }: ClientChanges): AuditEvent {
  if (disabled === undefined) return 'client.changed';
  return disabled ? 'client.disabled' : 'client.enabled';
}

function touchesRegistration(changes: ClientChanges): boolean {
  return Object.keys(changes).some((field) => field !== 'disabled');
}

function reviewFor(manager: ClientManager) {
  return (client: Client) => refuseBeyond(client, manager);
}

/** @throws {BeyondReach} */
function refuseBeyond(client: Parameters<typeof beyondReach>[0], manager: ClientManager): void {
  const reason = beyondReach(client, manager);
  if (reason !== undefined) throw new BeyondReach(reason);
}

/**
 * Whoever disabled a client had a reason, and a machine that could undo it might be that very reason.
 *
 * @throws {BeyondReach}
 */
function refuseEnabling(
  { disabled }: Client,
  changes: ClientChanges,
  { reach }: ClientManager,
): void {
  if (reach === 'all' || !disabled || changes.disabled !== false) return;
  throw new BeyondReach('A machine may disable a client, but not enable it');
}

/**
 * What PUBLIC_URL says would win over whatever is written.
 *
 * @throws {UnfitClient}
 */
function refuseMovingDocs({ id, redirectUris }: Client, changes: ClientChanges): void {
  if (id !== DOCS_CLIENT_ID || changes.redirectUris === undefined) return;
  const same = JSON.stringify(changes.redirectUris) === JSON.stringify(redirectUris);
  if (!same)
    UnfitClient.refuse({ redirectUris: 'must stay: the docs page is where PUBLIC_URL says' });
}

/** @throws {UnfitClient} */
function refuseUnfit(registration: Registration): void {
  const { name, grants, ...others } = registrationFaults(registration);
  const scopes = clientScopesFault(registration);
  UnfitClient.refuse({ name, grants, scopes, ...others });
}
