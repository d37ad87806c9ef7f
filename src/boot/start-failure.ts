import { QueryFailedError } from 'typeorm';
import { isDatabaseUnavailable } from '../platform/database/unavailable.js';
import { describeError } from '../platform/log/describe-error.js';
import { SettingsError } from '../platform/settings/settings-error.js';

/** Says why the start failed, in words where the cause is known, with a stack where it is not. */
export function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return 'The start failed for an unknown reason';
  const known = listenFault(error) ?? databaseFault(error) ?? fileFault(error);
  if (known) return known;
  return error.constructor === Error ? error.message : (error.stack ?? error.message);
}

function listenFault(error: NodeJS.ErrnoException & { address?: string; port?: number }) {
  if (error.syscall === 'getaddrinfo' && 'hostname' in error) {
    return `No address is known for ${String(error.hostname)}: is HOST right?`;
  }
  if (error.syscall !== 'listen') return undefined;
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${error.port} is in use by another process: stop it, or set PORT to a free one`;
    case 'EACCES':
      return `This user may not listen on port ${error.port}: set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
      return `This machine does not have the address ${error.address}: is HOST right?`;
    default:
      return `Listening failed (${error.code}): are HOST and PORT right?`;
  }
}

/** Of a failed query never the parameters, nor the driver's words, which may quote them. */
function databaseFault(error: Error): string | undefined {
  if (isDatabaseUnavailable(error)) return 'The database of DATABASE_URL does not answer';
  if (!(error instanceof QueryFailedError)) return undefined;
  return `The database refused a statement: ${describeError(error).message}`;
}

function fileFault({ code, syscall, path }: NodeJS.ErrnoException): string | undefined {
  if (!code || !syscall || !path) return undefined;
  return `${path} cannot be used (${code} on ${syscall}): may this user read and write there?`;
}
