import { loadSettings } from '../../../src/platform/settings/load-settings.js';
import { SettingsError } from '../../../src/platform/settings/settings-error.js';

/** Every fault of an environment; none if it boots. */
export function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}
