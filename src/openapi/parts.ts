import type { OpenAPIObject } from '@nestjs/swagger';

/** The parts of a document that @nestjs/swagger gives no names to. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
export type Responses = Operation['responses'];
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
