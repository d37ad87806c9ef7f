import { ApiProperty } from '@nestjs/swagger';
import { isoTime } from '../platform/clock.js';
import { NextCursor } from '../platform/http/page.js';
import type { Session } from '../sessions/session.entity.js';
import { deviceName } from './device-name.js';

/** One sign-in, as the person who made it sees it. */
export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13' })
  readonly id!: string;

  @ApiProperty({ description: 'The application', example: 'hallpass' })
  readonly client_id!: string;

  @ApiProperty({ description: 'What the application may do', example: 'tasks:read tasks:write' })
  readonly scope!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What was signed in with, as far as it said',
    example: 'Firefox on Linux',
  })
  readonly device!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'From where', example: '192.0.2.1' })
  readonly ip!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it last got a token',
    example: '2026-01-31T12:00:00.000Z',
  })
  readonly last_used_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it ends if it is not refreshed',
    example: '2026-02-14T12:00:00.000Z',
  })
  readonly expires_at!: string;

  @ApiProperty({ description: 'Whether it is the one that asks', example: true })
  readonly current!: boolean;

  static from(session: Session, current: Pick<Session, 'id'>): SessionDto {
    return {
      id: session.id,
      client_id: session.clientId,
      scope: session.scope,
      device: deviceName(session.userAgent),
      ip: session.ip,
      created_at: isoTime(session.createdAt),
      last_used_at: isoTime(session.lastUsedAt),
      expires_at: isoTime(session.expiresAt),
      current: session.id === current.id,
    };
  }
}

/** A page of one's own sessions. */
export class SessionPageDto {
  @ApiProperty({ type: [SessionDto] })
  readonly items!: readonly SessionDto[];

  @NextCursor()
  readonly next!: string | null;
}
