import { SettingsError } from './platform/settings/settings-error.js';

/** Says why the start failed, in words where the cause is known, with a stack where it is not. */
export function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return 'The start failed for an unknown reason';
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'The address is in use by another process: stop it, or set PORT to a free port';
  }
  if ('code' in error && error.code === 'EACCES') {
    return 'This user may not listen on that port: set PORT to one above 1023';
  }
  return error.constructor === Error ? error.message : (error.stack ?? error.message);
}
