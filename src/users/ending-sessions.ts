/**
 * What an UPDATE of a user also sets to end every session: part of the very statement that changes the
 * user, so no moment exists in which old sessions see the new state.
 *
 * @param now epoch seconds
 */
export function endingSessions(now: number) {
  return {
    authEpoch: () => 'auth_epoch + 1',
    pendingEmail: null, // perhaps a thief's
    updatedAt: now,
  };
}
