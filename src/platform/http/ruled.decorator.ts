import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, type ValidationArguments } from 'class-validator';

/** @returns what is wrong with a text, undefined when it is good */
type Rule<Body> = (text: string, body: Body) => string | undefined;

const NO_TEXT = 'must be text';

/** A string field that a rule of its own checks and words; documented in the same place. */
export function Ruled<Body = unknown>(
  rule: Rule<Body>,
  about: ApiPropertyOptions = {},
): PropertyDecorator {
  const faultOf = (value: unknown, body: unknown) =>
    typeof value === 'string' ? rule(value, body as Body) : NO_TEXT;
  return applyDecorators(
    ApiProperty({ type: 'string', ...about } as ApiPropertyOptions),
    ValidateBy({
      name: 'ruled',
      validator: {
        validate: (value, args) => faultOf(value, args?.object) === undefined,
        defaultMessage: (args?: ValidationArguments) =>
          (args && faultOf(args.value, args.object)) ?? NO_TEXT,
      },
    }),
  );
}
