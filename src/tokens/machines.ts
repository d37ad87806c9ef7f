import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { Changes } from '../platform/changes.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { Recent } from '../platform/recent.js';
import type { AccessTokenClaims } from '../protocol/access-token.js';
import { InvalidToken } from '../protocol/bearer.js';
import { RevokedToken } from './revoked-token.entity.js';

/** The client behind a machine's token, as the database had it less than a second ago. */
export interface MachinePrincipal {
  readonly kind: 'machine';
  readonly client: Client;
}

type MachineClaims = Pick<AccessTokenClaims, 'jti' | 'client_id' | 'client_epoch'>;

/**
 * Machines have no session: their tokens are refused one by one by `jti`, and all at once by the
 * epoch of their client.
 */
@Injectable()
export class Machines {
  /** by jti */
  private readonly recent: Recent<MachinePrincipal>;

  constructor(
    @InjectRepository(Client) private readonly clients: Repository<Client>,
    @InjectRepository(RevokedToken) private readonly revoked: Repository<RevokedToken>,
    private readonly changes: Changes,
  ) {
    this.recent = new Recent(changes, { by: ['client'], byIts: 'token' });
  }

  /** @throws {InvalidToken} when the token was revoked, or its client is gone, disabled, reset or without the grant */
  find(claims: MachineClaims): MachinePrincipal | Promise<MachinePrincipal> {
    const known = this.recent.get(claims.jti);
    return known ? check(known, claims) : this.readAndCheck(claims);
  }

  /**
   * @param claims of a token that has been verified; it is kept until the token has expired
   * @returns whether it was this call that revoked it
   */
  async revoke({ jti, exp }: Pick<AccessTokenClaims, 'jti' | 'exp'>): Promise<boolean> {
    const isFirst = await this.insert({ jti, expiresAt: exp });
    this.changes.announce({ of: 'token', id: jti });
    return isFirst;
  }

  /** @returns false when it is there already */
  private async insert(token: RevokedToken): Promise<boolean> {
    try {
      await this.revoked.insert(token);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  private async readAndCheck(claims: MachineClaims): Promise<MachinePrincipal> {
    return check(await this.recent.read(claims.jti, () => this.read(claims)), claims);
  }

  private async read({ jti, client_id }: MachineClaims): Promise<MachinePrincipal> {
    const client = await this.clients.findOneBy({ id: client_id });
    if (!client || client.disabled) throw new InvalidToken('the client is gone or disabled');
    if (!client.grants.includes('client_credentials')) throw new InvalidToken('the grant is gone');
    if (await this.revoked.existsBy({ jti })) throw new InvalidToken('the token was revoked');
    return { kind: 'machine', client };
  }
}

/** What is remembered goes by the jti alone: whose it is, and of which epoch, is asked each time. */
function check(principal: MachinePrincipal, claims: MachineClaims): MachinePrincipal {
  const { id, epoch } = principal.client;
  if (id !== claims.client_id) throw new InvalidToken("the token is another machine's");
  if (epoch !== claims.client_epoch) throw new InvalidToken('all tokens of the client ended');
  return principal;
}
