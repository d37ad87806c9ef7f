import { ApiProperty } from '@nestjs/swagger';

export class ItemDto {
  @ApiProperty({ example: 'Foo' })
  readonly item_id!: string;

  @ApiProperty({ description: 'A username', example: 'johndoe' })
  readonly owner!: string;
}

export class SecretDto {
  @ApiProperty({ example: 'This is a protected route!' })
  readonly message!: string;

  @ApiProperty({ example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6…' })
  readonly token!: string;
}
