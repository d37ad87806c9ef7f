import {
  type ArgumentMetadata,
  BadRequestException,
  HttpException,
  UnprocessableEntityException,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import type { FieldError } from './problem.js';

/** The deepest body that is looked at: class-transformer recurses, and a body of brackets would end its stack. */
const DEEPEST = 16;
/** Far more than any request has; each unknown one costs a line of the answer. */
const MOST_FIELDS = 100;
/** Said of a field that is not declared. */
export const UNKNOWN = 'is not a field of this request';

/** Checks bodies and queries against their DTO: unknown fields are refused, nothing is converted in silence. */
class StrictValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value; // @CurrentUser() and its like: nothing that a caller sent
    if (nestsDeeperThan(DEEPEST, value))
      throw new BadRequestException('The body is nested too deep');
    if (countOf(value) > MOST_FIELDS) throw new BadRequestException('Too many fields');
    if (metadata.type === 'body') refuseOtherThanObject(value);
    refuseInheritedNames(value, metadata.metatype?.prototype as object | undefined);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

export function validationPipe(): ValidationPipe {
  return new StrictValidationPipe({
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

/** What does not fit, as `unprocessable()` put it into an error; undefined for any other. */
export function fieldErrorsOf(error: unknown): readonly FieldError[] | undefined {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  if (typeof response !== 'object' || !('errors' in response)) return undefined;
  return response.errors as readonly FieldError[];
}

function nestsDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeperThan(levels - 1, inner));
}

function countOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** Nest takes `null` and a missing body for an empty object, which a PATCH would accept. */
function refuseOtherThanObject(body: unknown): void {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return;
  throw unprocessable([{ field: 'body', message: 'must be a JSON object' }]);
}

/** class-validator takes `toString` and its like for declared fields, as every object has them; so it does a DTO's getters. */
function refuseInheritedNames(value: unknown, prototype: object = Object.prototype): void {
  if (typeof value !== 'object' || value === null) return;
  const names = Object.keys(value).filter((name) => name in prototype);
  if (names.length > 0) throw unprocessable(names.map((field) => ({ field, message: UNKNOWN })));
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const field = parent + nameable(error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? UNKNOWN : withoutName(message, error.property),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}

/** class-validator's own messages begin with the name, which `field` has already; ours do not. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** An unknown field's name is the caller's text: repeated only where it looks like a name. */
function nameable(property: string): string {
  return /^\w{1,64}$/.test(property) ? property : '(a field)';
}
