import { ApiProperty } from '@nestjs/swagger';
import type { ClientWithSecret } from '../clients/client-registry.js';
import { ClientDto } from './client.dto.js';

const SECRET = {
  description: 'Shown this once, and never again',
  example: 'hp_cs_…',
};

/** A client that was just registered. */
export class RegisteredClientDto extends ClientDto {
  @ApiProperty({
    required: false,
    ...SECRET,
    description: `${SECRET.description}. Of a confidential client`,
  })
  readonly secret?: string;

  static of({ client, secret }: ClientWithSecret): RegisteredClientDto {
    return { ...ClientDto.from(client), ...(secret === null ? {} : { secret }) };
  }
}

/** One more secret of a client. */
export class ClientSecretDto {
  @ApiProperty({ description: 'The `client_id`', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14' })
  readonly id!: string;

  @ApiProperty(SECRET)
  readonly secret!: string;
}
