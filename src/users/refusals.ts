/** Another account has this username, perhaps in other letters of the same kind. */
export class UsernameTaken extends Error {
  constructor() {
    super('This username is taken');
  }
}

/** Another account has verified that the address is its own. */
export class EmailTaken extends Error {
  constructor() {
    super('This e-mail address belongs to another account');
  }
}

export const LAST_ADMINISTRATOR =
  'The last active administrator cannot be disabled, demoted or deleted';

/** Without this account nobody could administer the service. */
export class LastAdministrator extends Error {
  /** as the audit log has it */
  readonly reason = 'last_administrator';

  constructor() {
    super(LAST_ADMINISTRATOR);
  }
}

/** No account has this id. */
export class NoSuchUser extends Error {
  constructor() {
    super('User not found');
  }
}
