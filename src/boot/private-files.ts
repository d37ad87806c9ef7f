/** Lets nobody but the owner read what is made from now on: the database holds password hashes. */
export function keepFilesFromOthers(): void {
  process.umask(process.umask() | 0o077);
}
