import 'reflect-metadata';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type Access, accessOf } from '../auth/access.js';

/** The name of an operation in the document, `tasks_list` for TasksController.list. */
export function operationId(controllerName: string, methodName: string): string {
  const noun = controllerName.replace(/Controller$/, '');
  return `${noun.charAt(0).toLowerCase()}${noun.slice(1)}_${methodName}`;
}

/** What every operation asks of its caller, read from where the guard reads it. */
export function accessByOperation(app: INestApplication): ReadonlyMap<string, Access> {
  const scanner = new MetadataScanner();
  const found = new Map<string, Access>();
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    if (!metatype) continue;
    const prototype = metatype.prototype as Record<string, object>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name] as object;
      const access = accessOf(metatype, handler);
      if (!Reflect.hasMetadata(PATH_METADATA, handler) || !access) continue;
      const id = operationId(metatype.name, name);
      if (found.has(id)) throw new Error(`Two handlers are both called ${id} in the docs`);
      found.set(id, access);
    }
  }
  return found;
}
