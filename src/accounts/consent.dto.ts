import { ApiProperty } from '@nestjs/swagger';
import type { Consent } from '../consents/consent.entity.js';
import { isoTime } from '../platform/clock.js';
import { NextCursor } from '../platform/http/page.js';

/** What an application was allowed, as the person who did so sees it. */
export class ConsentDto {
  @ApiProperty({ description: 'The application', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13' })
  readonly client_id!: string;

  @ApiProperty({ description: 'What it is called', example: 'Recipes' })
  readonly client_name!: string;

  @ApiProperty({ description: 'What it may do', example: 'openid tasks:read' })
  readonly scope!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When you last allowed it something',
    example: '2026-01-31T12:00:00.000Z',
  })
  readonly updated_at!: string;

  static from({ clientId, client, scope, createdAt, updatedAt }: Consent): ConsentDto {
    return {
      client_id: clientId,
      client_name: client.name,
      scope,
      created_at: isoTime(createdAt),
      updated_at: isoTime(updatedAt),
    };
  }
}

/** A page of one's own consents. */
export class ConsentPageDto {
  @ApiProperty({ type: [ConsentDto] })
  readonly items!: readonly ConsentDto[];

  @NextCursor()
  readonly next!: string | null;
}
