import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, Repository } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { affectedRows } from '../platform/database/affected-rows.js';
import { addressKey } from '../platform/http/address.js';
import type { User } from '../users/user.entity.js';
import { KnownDevice } from './known-device.entity.js';

const DAY = 86_400;
const KEPT_SECONDS = 30 * DAY;

/** Where a name comes from, and what is known of it. */
export interface Device {
  readonly digest: string;
  /** null when nobody of this name signed in from there in the last 30 days */
  readonly known: KnownDevice | null;
}

/** As one statement it asks whether the account is still there, and two sign-ins at once do not collide. */
const REMEMBER = `
  INSERT INTO known_devices (digest, user_id, expires_at)
  SELECT CAST($1 AS varchar), id, CAST($2 AS bigint) FROM users WHERE id = $3
  ON CONFLICT (digest) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at`;

/**
 * The devices that users already use: an account and an address (of IPv6 the /64), after a right password.
 * By the name and not by the user, so that a name that is nobody's is looked up in the same way.
 */
@Injectable()
export class KnownDevices {
  constructor(
    @InjectRepository(KnownDevice) private readonly rows: Repository<KnownDevice>,
    private readonly clock: Clock,
  ) {}

  /** @param name the normalised name of an account, whether or not it exists */
  async find(name: string, address: string): Promise<Device> {
    const digest = digestOf(name, address);
    const expiresAt = MoreThan(this.clock.now());
    return { digest, known: await this.rows.findOneBy({ digest, expiresAt }) };
  }

  /** From now on they count as any other: a new password may be there because of who had the old one. */
  async forget(userId: string): Promise<void> {
    await this.rows.delete({ userId });
  }

  /** Once a day is enough: it saves a write at all other sign-ins. */
  async remember({ digest, known }: Device, { id }: Pick<User, 'id'>): Promise<void> {
    const expiresAt = this.clock.now() + KEPT_SECONDS;
    if (known?.userId === id && known.expiresAt > expiresAt - DAY) return;
    await affectedRows(this.rows.manager.connection, REMEMBER, [digest, expiresAt, id]);
  }
}

function digestOf(name: string, address: string): string {
  const device = JSON.stringify([name, addressKey(address)]);
  return createHash('sha256').update(device).digest('base64url');
}
