import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';

/** Turns a variable's text into a typed value. */
export interface Reader<T> {
  /** What it accepts, for the faults and the documentation: "a whole number". */
  readonly takes: string;
  /** @throws {Unreadable} */
  read(text: string): T;
}

/** The text is no value of its setting. The message continues the setting's name and never quotes the text. */
export class Unreadable extends Error {}

/** A default that depends on the settings declared above it, undefined while those are faulty. */
export interface ComputedDefault<S> {
  readonly text: string;
  of(settings: S): string;
}

/** What the faults and the generated pages say of a setting. */
export interface SettingOptions<T, S = object> {
  readonly group: string;
  readonly about: string;
  readonly reader: Reader<T>;
  /** Written as in the environment, and read by the same reader. */
  readonly default?: string | ComputedDefault<S>;
  /** What the documentation calls the value of an unset variable that has no default. */
  readonly unset?: string;
  readonly unit?: string;
  readonly secret?: true;
  readonly example?: string;
}

export interface Declaration extends SettingOptions<unknown, never> {
  readonly name: string;
}

const declared = new Map<string, Declaration>();
const limits = new Map<string, string[]>();

/** Declares a property as a setting; the order of the class is the order in which they are read. */
export function Setting<T, S extends object = object>(options: SettingOptions<T, S>) {
  return <C extends S, K extends keyof C & string>(
    _target: C,
    name: [T] extends [C[K]] ? K : never,
  ): void => {
    declared.set(name, { name, ...options });
  };
}

/**
 * A class-validator rule that is its own documentation.
 *
 * @param limit joins what the setting takes, in the faults and on the generated pages
 * @param wrong continues the setting's name, without quoting the value; undefined where all is well
 */
export function Rule<V, S extends object = object>(
  limit: string,
  wrong: (value: V | undefined, settings: S) => string | undefined,
) {
  return <K extends string>(
    target: S & { readonly [name in K]?: V | undefined },
    name: K,
  ): void => {
    // Decorators run from the lowest to the highest; the pages read from the highest to the lowest.
    limits.set(name, [limit, ...(limits.get(name) ?? [])]);
    const ask = (value: unknown, at?: ValidationArguments): string | undefined =>
      wrong(value as V | undefined, at?.object as S);
    ValidateBy({
      name: limit,
      validator: {
        validate: (value, at) => ask(value, at) === undefined,
        defaultMessage: (at) => ask(at?.value, at) ?? '',
      },
    })(target, name);
  };
}

/** Every declared setting, in the order of the class. */
export function declarations(): readonly Declaration[] {
  return [...declared.values()];
}

/** What a setting accepts, in words: "a whole number of seconds, 60 to 3600". */
export function takes({ name, reader, unit }: Declaration): string {
  const what = unit ? `${reader.takes} of ${unit}` : reader.takes;
  return [what, ...(limits.get(name) ?? [])].join(', ');
}
