/** Everything that is written down. */
export const AUDIT_EVENTS = [
  'sign_in',
  'signed_out',
  'authorization.granted',
  'client.refused',
  'user.created',
  'user.changed',
  'user.disabled',
  'user.enabled',
  'user.role_changed',
  'user.reset_mailed',
  'user.password_changed',
  'user.email_changed',
  'user.email_verified',
  'user.deleted',
  'users.imported',
  'users.exported',
  'session.ended',
  'sessions.ended',
  'consent.given',
  'consent.denied',
  'consent.withdrawn',
  'refresh_token.repeated',
  'authorization_code.refused',
  'token.revoked',
  'client.created',
  'client.changed',
  'client.disabled',
  'client.enabled',
  'client.deleted',
  'client.secret_created',
  'client.secrets_withdrawn',
  'key.created',
  'key.revoked',
  'backup.created',
  'data.purged',
] as const;

export type AuditEvent = (typeof AUDIT_EVENTS)[number];

export const AUDIT_RESULTS = ['success', 'refused'] as const;

export type AuditResult = (typeof AUDIT_RESULTS)[number];
