/** There is no way to mail a link that would be good. */
export class NoLinkPossible extends Error {}

export const DISABLED = 'The account is disabled, so no link would work; enable it first';
export const NO_ADDRESS =
  'The account has no verified e-mail address; `user password` on the command line sets a password';
