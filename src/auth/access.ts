import 'reflect-metadata';
import type { Scope } from './scopes.js';

/** What a handler asks of its caller. */
export type Access = { readonly kind: 'public' } | BearerAccess;

export interface BearerAccess {
  readonly kind: 'bearer';
  readonly scopes: readonly Scope[];
  readonly optional: boolean;
  /** whose tokens are good here */
  readonly callers: Callers;
}

/** `users` of any client, users of `first-party` clients alone, or `anyone`: users and machines. */
export type Callers = 'users' | 'first-party' | 'anyone';

const ACCESS = Symbol('hallpass:access');

/** By controller and handler: decorators have run before a request comes, and the guard asks on each one. */
const KNOWN = new WeakMap<object, WeakMap<object, Access>>();

export function declareAccess(access: Access): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    Reflect.defineMetadata(ACCESS, access, (descriptor?.value as object | undefined) ?? target);
  };
}

/**
 * The one reading of what was declared, for the guard and for the docs alike. The method decides
 * between public and guarded; the scopes of class and method add up, the class's first.
 *
 * @returns undefined for a handler that declares nothing, which stops the boot
 */
export function accessOf(controller: object, handler: object): Access | undefined {
  const remembered = KNOWN.get(controller)?.get(handler);
  if (remembered) return remembered;
  const access = readAccess(controller, handler);
  if (access) {
    const ofController = KNOWN.get(controller) ?? new WeakMap<object, Access>();
    KNOWN.set(controller, ofController.set(handler, access));
  }
  return access;
}

function readAccess(controller: object, handler: object): Access | undefined {
  const ofMethod = Reflect.getMetadata(ACCESS, handler) as Access | undefined;
  const ofClass = Reflect.getMetadata(ACCESS, controller) as Access | undefined;
  const own = ofMethod ?? ofClass;
  if (own?.kind !== 'bearer' || ofClass?.kind !== 'bearer') return own;
  return { ...own, scopes: [...new Set([...ofClass.scopes, ...own.scopes])] };
}
