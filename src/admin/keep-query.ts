import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IfSent } from '../platform/http/if-sent.decorator.js';

/** The query of a withdrawal: which secret stays good. */
export class KeepQuery {
  @IfSent()
  @ApiProperty({
    required: false,
    enum: ['newest'],
    description: '`newest` keeps the secret that was made last; without it none is kept',
  })
  @IsIn(['newest'], { message: 'must be newest, or left out' })
  readonly keep?: 'newest';
}
