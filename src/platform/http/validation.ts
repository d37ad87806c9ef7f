import { UnprocessableEntityException, ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FieldError } from './problem.js';

/** Checks bodies and queries against their DTO: unknown fields are refused, nothing is converted in silence. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => unprocessable(errors.flatMap((error) => fieldErrors(error))),
  });
}

/** A request that is well-formed but does not fit. */
export function unprocessable(errors: readonly FieldError[]): UnprocessableEntityException {
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  return new UnprocessableEntityException({ message: detail, errors });
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = parent + nameable(error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message:
      rule === 'whitelistValidation'
        ? 'is not a field of this request'
        : message.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

/** An unknown field's name is the caller's text: repeated only where it looks like a name. */
function nameable(property: string): string {
  return /^\w{1,64}$/.test(property) ? property : '(a field)';
}
