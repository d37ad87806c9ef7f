import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../../protocol/errors.js';
import { type FormPairs, plainParameters } from '../../protocol/form.js';

/**
 * The named fields of a form, '' for one that was not sent. Others are ignored, as what fills in forms
 * adds some.
 *
 * @throws {InvalidRequest} for a field that is sent more than once, or with NUL, which PostgreSQL cannot store
 */
export const FormFields = createParamDecorator((names: readonly string[], context) => {
  const { body } = (context as ExecutionContext).switchToHttp().getRequest<FastifyRequest>();
  const sent = plainParameters((body as FormPairs | undefined) ?? [], names);
  const fields = names.map((name) => [name, sent.get(name) ?? ''] as const);
  const broken = fields.find(([, value]) => value.includes('\0'));
  if (broken) throw new InvalidRequest(`${broken[0]} must be text`);
  return Object.fromEntries(fields);
});
