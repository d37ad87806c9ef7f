import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Changes } from '../platform/changes.js';
import { Recent } from '../platform/recent.js';
import { Settings } from '../platform/settings/settings.js';
import type { RegistrableGrant } from '../protocol/grant-types.js';
import { Client } from './client.entity.js';
import { DOCS_CLIENT_ID, ifServed } from './docs-client.js';

/** Acts where no client is named: FastAPI's front ends, curl, the first front end. */
export const BUILT_IN_CLIENT_ID = 'hallpass';

/** Whether this server itself needs the client, so that it can be disabled but not deleted. */
export function isBuiltIn(id: string | undefined): boolean {
  return id === BUILT_IN_CLIENT_ID || id === DOCS_CLIENT_ID;
}

/** What can be nobody's id is not asked of the database, which may not even take it. */
export function isClientId(text: string): boolean {
  return /^[\x21-\x7e]{1,64}$/.test(text);
}

/** Finds clients, as the database had them less than a second ago. */
@Injectable()
export class Clients {
  private readonly recent: Recent<Client>;
  private readonly recentGrants: Recent<ReadonlySet<RegistrableGrant>>;

  constructor(
    @InjectRepository(Client) private readonly rows: Repository<Client>,
    private readonly settings: Settings,
    changes: Changes,
  ) {
    this.recent = new Recent(changes, { by: ['client'] });
    this.recentGrants = new Recent(changes, { by: ['client'] });
  }

  /** @returns null when there is none, or none while the docs are off; one that is disabled is returned as such */
  async find(id: string): Promise<Client | null> {
    if (!isClientId(id)) return null;
    return this.recent.get(id) ?? this.recent.read(id, () => this.read(id));
  }

  /** The grants that at least one client may use now. */
  async grantsInUse(): Promise<ReadonlySet<RegistrableGrant>> {
    return this.recentGrants.get('all') ?? this.recentGrants.read('all', () => this.readGrants());
  }

  private async read(id: string): Promise<Client | null> {
    const client = await this.rows.findOneBy({ id });
    return client && ifServed(client, this.settings);
  }

  private async readGrants(): Promise<ReadonlySet<RegistrableGrant>> {
    const rows = await this.rows.find({
      select: { id: true, grants: true },
      where: { disabled: false },
    });
    const usable = rows.filter((client) => ifServed(client, this.settings));
    return new Set(usable.flatMap(({ grants }) => grants));
  }
}
