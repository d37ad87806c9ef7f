import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';

interface FlagOptions {
  readonly description: string;
  readonly example: boolean;
  readonly required?: boolean;
  readonly default?: boolean;
}

/** A field that is true or false, checked and documented in one place; no text is taken for either. */
export function Flag({ required = true, ...about }: FlagOptions): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'boolean', required, ...about }),
    IsBoolean({ message: 'must be true or false' }),
  );
}
