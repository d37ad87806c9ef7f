import type { Repository } from 'typeorm';
import { UNUSABLE_HASH } from './hashes/kinds.js';
import { User } from './user.entity.js';

/**
 * That a statement which disables, demotes or deletes its row leaves an administrator, or takes none away.
 * Who was invited and has no password yet may never have one, so is left in nobody's place who has.
 */
export const LEAVES_AN_ADMINISTRATOR = `(role <> 'admin' OR disabled = :yes OR EXISTS (
  SELECT 1 FROM users other
  WHERE other.role = 'admin' AND other.disabled = :no AND other.id <> users.id
    AND (other.password_hash <> :unusable OR users.password_hash = :unusable)))`;

/** Of the condition above. */
export const ADMINISTRATOR_PARAMETERS = { yes: true, no: false, unusable: UNUSABLE_HASH };

/**
 * Runs a statement with the condition above. On PostgreSQL two of one moment do not see each other, so the
 * administrators are locked first: the second waits, and then sees what the first has left.
 */
export function amongAdministrators<T>(
  users: Repository<User>,
  statement: (users: Repository<User>) => Promise<T>,
): Promise<T> {
  const { connection } = users.manager;
  if (connection.options.type === 'sqlite') return statement(users); // which writes one at a time
  return connection.transaction(async (manager) => {
    const rows = manager.getRepository(User);
    await rows.find({
      select: { id: true },
      where: { role: 'admin', disabled: false },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    return statement(rows);
  });
}
