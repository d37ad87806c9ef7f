import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';

interface TextOptions {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly example: string;
  readonly required?: boolean;
}

/**
 * A string field, checked and documented in one place. Length in characters (code points), as
 * PostgreSQL counts them; NUL and lone surrogates, which it cannot store, are refused.
 */
export function Text({ min, max, required = true, ...about }: TextOptions): PropertyDecorator {
  const message = `must be text of ${min} to ${max} characters`;
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: min, maxLength: max, required, ...about }),
    ValidateBy({
      name: 'text',
      validator: {
        validate: (value) => isStorable(value) && fits([...value].length, min, max),
        defaultMessage: () => message,
      },
    }),
  );
}

function isStorable(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

function fits(length: number, min: number, max: number): boolean {
  return length >= min && length <= max;
}
