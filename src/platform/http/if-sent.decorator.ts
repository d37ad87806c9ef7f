import { ValidateIf } from 'class-validator';

/** A field that may be left out, but not set to null, as class-validator's `@IsOptional()` lets it. */
export function IfSent(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** A field that may be left out, and that null empties. */
export function IfNotNull(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null);
}
