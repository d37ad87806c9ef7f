import { declareAccess } from './access.js';

/** Opens a handler, or all of a controller, to anyone. Without this or `@Authorize()` the boot fails. */
export function Public(): ClassDecorator & MethodDecorator {
  return declareAccess({ kind: 'public' });
}
