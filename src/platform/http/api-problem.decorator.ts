import { ApiResponse } from '@nestjs/swagger';
import { problem } from './problem.js';

/** Documents an error that the handler answers with itself; what follows from its guard and its input is known without. */
export function ApiProblem(
  status: number,
  detail: string,
  description: string,
): ClassDecorator & MethodDecorator {
  const schema = { $ref: '#/components/schemas/Problem' };
  const example = problem(status, detail);
  return ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema, example } },
  });
}
