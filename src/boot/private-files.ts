/** Lets nobody but the owner and the group read what is made from now on: the database holds password hashes. */
export function keepFilesFromOthers(): void {
  process.umask(process.umask() | 0o007);
}
