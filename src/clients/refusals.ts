/** There is no such client, or no longer. */
export class NoSuchClient extends Error {
  constructor() {
    super('Client not found');
  }
}

/** Everything that names no client acts for one of them, and the docs page for the other: they stay. */
export class BuiltInClientStays extends Error {
  constructor() {
    super('A built-in client cannot be deleted; disable it instead');
  }
}

/** It runs on somebody's device, where no secret can be kept. RFC 6749 §2.1. */
export class PublicClientHasNoSecret extends Error {
  constructor() {
    super('A public client has no secret');
  }
}
