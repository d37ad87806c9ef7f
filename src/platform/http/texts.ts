import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';

interface TextsOptions {
  readonly description: string;
  readonly example: readonly string[];
  /** the only texts that there are */
  readonly options?: readonly string[];
  readonly required?: boolean;
}

/** More than any list has; each item is looked at, and some rules compare each with each. */
const MOST = 100;

/**
 * A list of strings, checked and documented in one place. What each may say is for the rules of the
 * resource: one fault of a list is said as one of its field.
 */
export function Texts({ options, required = true, ...about }: TextsOptions): PropertyDecorator {
  const items = { type: 'string', ...(options ? { enum: [...options] } : {}) } as const;
  return applyDecorators(
    ApiProperty({ type: 'array', items, maxItems: MOST, required, ...about }),
    ValidateBy({
      name: 'texts',
      validator: {
        validate: (value) =>
          Array.isArray(value) &&
          value.length <= MOST &&
          value.every((one) => typeof one === 'string' && (options?.includes(one) ?? true)),
        defaultMessage: () =>
          options ? `must be a list of ${options.join(', ')}` : 'must be a list of texts',
      },
    }),
  );
}
