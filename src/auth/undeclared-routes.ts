import 'reflect-metadata';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf } from './access.js';

/** Stops the boot when a handler says neither whom it is for nor that it is for all. */
@Injectable()
export class UndeclaredRoutes implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws {Error} naming every such handler */
  onModuleInit(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ metatype }) => {
      return metatype ? this.undeclaredIn(metatype as Controller) : [];
    });
    if (undeclared.length === 0) return;
    throw new Error(
      `Say who may call ${undeclared.join(', ')}: put @Authorize(...scopes) or @Public() on the handler or its controller`,
    );
  }

  private undeclaredIn(controller: Controller): string[] {
    const prototype = controller.prototype as Record<string, never>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => Reflect.hasMetadata(PATH_METADATA, prototype[name] as never))
      .filter((name) => accessOf(controller, prototype[name] as never) === undefined)
      .map((name) => `${controller.name}.${name}`);
  }
}

type Controller = (abstract new (...args: never[]) => unknown) & { prototype: object };
