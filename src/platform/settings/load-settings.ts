import { existsSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { declarations, takes, Unreadable } from './setting.decorator.js';
import type { Declaration } from './setting.decorator.js';
import { SettingsError } from './settings-error.js';
import { Settings } from './settings.js';

/**
 * The environment together with `.env`, whose values never override the environment's own.
 *
 * @throws {SettingsError} when the file is there but cannot be read
 */
export function readEnvironment(file = '.env'): NodeJS.ProcessEnv {
  if (!existsSync(file)) return process.env;
  try {
    process.loadEnvFile(file);
  } catch {
    throw new SettingsError([`${file} cannot be read; make it a text file this user can read`]);
  }
  return process.env;
}

/**
 * Reads and checks every setting. An empty variable counts as not set, an unknown one is ignored.
 *
 * @throws {SettingsError} with all faults at once
 */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const { settings, faults } = inspectSettings(env);
  if (faults.length > 0) throw new SettingsError(faults);
  return Object.freeze(settings) as Settings;
}

/** Settings of which those that are faulty are undefined. */
export interface InspectedSettings {
  readonly settings: Partial<Settings>;
  /** one line each, as in SettingsError */
  readonly faults: readonly string[];
}

/** As `loadSettings()`, for whoever can go on with a part of them. */
export function inspectSettings(env: NodeJS.ProcessEnv): InspectedSettings {
  const settings = new Settings();
  const faults = declarations().flatMap((declaration) => {
    const reasons = read(declaration, env, settings);
    // Whoever looks at a faulty setting finds nothing, so that one slip makes one fault.
    if (reasons.length > 0) Object.assign(settings, { [declaration.name]: undefined });
    return reasons.map((reason) => `${declaration.name} ${reason}; it takes ${takes(declaration)}`);
  });
  return { settings, faults };
}

/** Puts the value into the settings, and says what is wrong with it. */
function read(declaration: Declaration, env: NodeJS.ProcessEnv, settings: Settings): string[] {
  const { name, reader } = declaration;
  const text = env[name] || defaultText(declaration, settings);
  try {
    if (text !== undefined) Object.assign(settings, { [name]: reader.read(text) });
  } catch (error) {
    if (error instanceof Unreadable) return [error.message];
    throw error;
  }
  const broken = validateSync(settings).find(({ property }) => property === name);
  return Object.values(broken?.constraints ?? {});
}

function defaultText(declaration: Declaration, settings: Settings): string | undefined {
  if (typeof declaration.default !== 'object') return declaration.default;
  return declaration.default.of(settings as never); // the decorator checked that the class fits
}
