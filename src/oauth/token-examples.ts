/** The token form as `npm run demo` takes it. */
export const TOKEN_EXAMPLES = {
  usual: {
    summary: 'With the usual scopes',
    value: { grant_type: 'password', username: 'johndoe', password: 'secret' },
  },
  narrow: {
    summary: 'With these scopes and no other',
    value: { username: 'johndoe', password: 'secret', scope: 'items:read tasks:read' },
  },
};
