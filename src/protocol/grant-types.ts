/** The grants that a client may be registered with. RFC 6749 §1.3, §6. */
export const REGISTRABLE_GRANTS = [
  'authorization_code',
  'client_credentials',
  'password',
  'refresh_token',
] as const;

export type RegistrableGrant = (typeof REGISTRABLE_GRANTS)[number];
