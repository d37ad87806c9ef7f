import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { Audit, type Doer } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { affectedRows } from '../platform/database/affected-rows.js';
import { PreparedFind } from '../platform/database/prepared-find.js';
import { PreparedInsert } from '../platform/database/prepared-insert.js';
import type { Origin } from '../platform/http/origin.js';
import { newId } from '../platform/ids.js';
import { IncorrectPassword, InvalidGrant } from '../protocol/errors.js';
import { matchesChallenge } from '../protocol/pkce.js';
import { formatScope, parseScope } from '../protocol/scope.js';
import type { Session } from '../sessions/session.entity.js';
import { Sessions } from '../sessions/sessions.js';
import type { User } from '../users/user.entity.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { hashAuthorizationCode, isAuthorizationCode, makeAuthorizationCode } from './code-text.js';

/** OAuth 2.1 §4.1.2 allows ten minutes; a browser needs none. */
const LIFETIME_SECONDS = 60;

/** Decides who gets the tokens: of all that present the code, the first. */
const CLAIM = `UPDATE authorization_codes SET used_at = $1
  WHERE code_hash = $2 AND used_at IS NULL AND expires_at > $1`;

const REPLAY = `UPDATE authorization_codes SET replayed_at = $1
  WHERE code_hash = $2 AND used_at IS NOT NULL AND replayed_at IS NULL`;

const REPLAYED = 'SELECT replayed_at FROM authorization_codes WHERE code_hash = $1';

export interface NewCode {
  /** as read before the person was asked */
  readonly client: Pick<Client, 'id' | 'epoch'>;
  /** as read before the person was asked */
  readonly user: Pick<User, 'id' | 'authEpoch'>;
  readonly redirectUri: string;
  readonly redirectUriSent: boolean;
  readonly codeChallenge: string;
  readonly scope: readonly string[];
  readonly nonce: string | undefined;
  /** when the person signed in, epoch seconds */
  readonly authTime: number;
}

/** What a client sends for its tokens. RFC 6749 §4.1.3, RFC 7636 §4.5. */
export interface PresentedCode {
  readonly code: string;
  readonly redirectUri: string | undefined;
  readonly verifier: string;
  readonly client: Pick<Client, 'id'>;
  readonly origin: Origin;
}

export interface Redeemed {
  /** with its user and client */
  readonly session: Session;
  readonly scope: readonly string[];
  readonly nonce: string | undefined;
  /** epoch seconds */
  readonly authTime: number;
}

/**
 * Authorization codes, as hashes: each is good once, and one conditional UPDATE decides for whom.
 * One that comes again ends the session that it opened. OAuth 2.1 §4.1.3.
 */
@Injectable()
export class AuthorizationCodes {
  private readonly found: PreparedFind<AuthorizationCode>;
  private readonly inserted: PreparedInsert<AuthorizationCode>;

  constructor(
    @InjectRepository(AuthorizationCode) private readonly rows: Repository<AuthorizationCode>,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {
    this.found = new PreparedFind(rows, ['user', 'client'], ['codeHash']);
    this.inserted = new PreparedInsert(rows);
  }

  /** @returns the code, which is kept nowhere */
  async issue({ client, user, scope, nonce, ...request }: NewCode): Promise<string> {
    const code = makeAuthorizationCode();
    const now = this.clock.now();
    await this.inserted.run({
      ...request,
      codeHash: hashAuthorizationCode(code),
      clientId: client.id,
      clientEpoch: client.epoch,
      userId: user.id,
      authEpoch: user.authEpoch,
      scope: formatScope(scope),
      nonce: nonce ?? null,
      sessionId: newId(),
      createdAt: now,
      expiresAt: now + LIFETIME_SECONDS,
      usedAt: null,
      replayedAt: null,
    });
    return code;
  }

  /**
   * Opens the session of a code. What is refused before the verifier is looked at costs the code nothing.
   *
   * @throws {InvalidGrant} in the same words for every cause
   */
  async redeem(presented: PresentedCode): Promise<Redeemed> {
    const { verifier, client, origin } = presented;
    const by: Doer = { actor: `client:${client.id}`, origin };
    const now = this.clock.now();
    const row = await this.present(presented);
    if (row.usedAt !== null) throw await this.replayed(row, by);
    if (row.expiresAt <= now) throw invalid('the code has expired');
    refuseEnded(row);
    const proven = matchesChallenge(verifier, row.codeChallenge);
    if (!(await this.change(CLAIM, now, row))) throw await this.replayed(row, by);
    if (!proven) throw await this.burnt(row, by);
    return this.open(row, by, origin);
  }

  /**
   * What has not been redeemed yet of this user is good for nothing any more.
   *
   * @param clientId every client's when it is left out
   */
  async withdraw(userId: string, clientId?: string): Promise<void> {
    await this.rows.delete({
      userId,
      usedAt: IsNull(),
      ...(clientId !== undefined && { clientId }),
    });
  }

  /** Writes nothing: whoever has only the code, or only half of what belongs to it, harms nobody with it. */
  private async present({ code, redirectUri, client }: PresentedCode): Promise<AuthorizationCode> {
    const row = isAuthorizationCode(code) ? await this.find(hashAuthorizationCode(code)) : null;
    if (!row) throw invalid('there is no such code');
    if (row.clientId !== client.id) throw invalid("the code is another client's");
    // RFC 6749 §4.1.3: what was named at the authorization endpoint is named again.
    const isLeftOut = redirectUri === undefined && !row.redirectUriSent;
    if (!isLeftOut && redirectUri !== row.redirectUri) throw invalid('the redirect URI is another');
    return row;
  }

  /**
   * The session has the epochs of the code, so that whatever ended all sessions since has ended this one.
   * A replay marks the code and then ends the session; here the session is there and then the mark is looked
   * for: one of the two sees the other, whichever is first.
   */
  private async open(code: AuthorizationCode, by: Doer, origin: Origin): Promise<Redeemed> {
    const scope = parseScope(code.scope);
    const { user, client, nonce, authTime } = code;
    const session = { ...(await this.openSession(code, scope, origin)), user, client };
    if (await this.cameAgain(code)) {
      await this.sessions.end(session, 'authorization_code_reuse', by);
      throw invalid('the code came again meanwhile');
    }
    return { session, scope, nonce: nonce ?? undefined, authTime };
  }

  /** Whether it was marked by a replay, or has gone. */
  private async cameAgain({ codeHash }: AuthorizationCode): Promise<boolean> {
    const rows = await this.rows.query<{ replayed_at: unknown }[]>(REPLAYED, [codeHash]);
    return rows[0]?.replayed_at !== null;
  }

  private async openSession(
    { sessionId: id, userId, authEpoch, clientId, clientEpoch }: AuthorizationCode,
    scope: readonly string[],
    origin: Origin,
  ): Promise<Session> {
    const user = { id: userId, authEpoch };
    const client = { id: clientId, epoch: clientEpoch };
    try {
      return await this.sessions.open({ id, user, client, scope, origin });
    } catch (error) {
      throw error instanceof IncorrectPassword ? invalid('the user has left') : error;
    }
  }

  /** @returns what to throw */
  private async replayed(row: AuthorizationCode, by: Doer): Promise<InvalidGrant> {
    const isFirst = await this.change(REPLAY, this.clock.now(), row);
    const { sessionId: id, userId } = row;
    await this.sessions.end({ id, userId }, 'authorization_code_reuse', by);
    if (isFirst) await this.note('reused', row, by);
    return invalid('the code was used before');
  }

  /** @returns what to throw */
  private async burnt(row: AuthorizationCode, by: Doer): Promise<InvalidGrant> {
    await this.note('wrong_verifier', row, by);
    return invalid('the verifier is wrong');
  }

  private note(
    reason: 'reused' | 'wrong_verifier',
    { sessionId, userId }: AuthorizationCode,
    by: Doer,
  ): Promise<void> {
    const subject = `session:${sessionId}` as const;
    const event = 'authorization_code.refused';
    return this.audit.record({ event, by, subject, userId, reason, result: 'refused' });
  }

  /** With its user and its client, in one statement so that all are of one moment. */
  private find(codeHash: string): Promise<AuthorizationCode | null> {
    return this.found.by(codeHash);
  }

  private async change(sql: string, now: number, { codeHash }: AuthorizationCode) {
    return (await affectedRows(this.rows.manager.connection, sql, [now, codeHash])) === 1;
  }
}

/** @throws {InvalidGrant} when everything that was granted until now has ended */
function refuseEnded({ user, authEpoch, client, clientEpoch }: AuthorizationCode): void {
  if (user.disabled) throw invalid('the user is disabled');
  if (user.authEpoch !== authEpoch) throw invalid('all sessions of the user ended');
  if (!client || client.disabled) throw invalid('the client is gone or disabled');
  if (client.epoch !== clientEpoch) throw invalid('all sessions of the client ended');
}

function invalid(detail: string): InvalidGrant {
  return new InvalidGrant('The code is invalid', detail);
}
