import { ApiProperty } from '@nestjs/swagger';
import type { PublicJwk } from '../keys/key-pair.js';

export class JwksDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: { type: 'string' } },
    example: [{ kty: 'EC', crv: 'P-256', x: '…', y: '…', kid: '…', use: 'sig', alg: 'ES256' }],
  })
  readonly keys!: readonly PublicJwk[];
}
