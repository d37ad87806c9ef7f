/** What stands for a refresh token where the docs show one. */
export const REFRESH_TOKEN_EXAMPLE = 'hp_rt_AQGh…';

/** What stands for an authorization code. */
export const CODE_EXAMPLE = 'hp_ac_…';

/** What stands for an application that people sign in to; it has no secret. */
export const APPLICATION_EXAMPLE = {
  client_id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a15',
  redirect_uri: 'https://app.example.com/callback',
};

/** That of RFC 7636, appendix B. */
const VERIFIER_EXAMPLE = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** What stands for a machine of one's own. */
export const MACHINE_EXAMPLE = {
  client_id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14',
  client_secret: 'hp_cs_…',
};

/** The token form as `npm run demo` takes it; the machine and the application are ones of your own. */
export const TOKEN_EXAMPLES = {
  usual: {
    summary: 'With the usual scopes',
    value: { grant_type: 'password', username: 'johndoe', password: 'secret' },
  },
  narrow: {
    summary: 'With these scopes and no other',
    value: { username: 'johndoe', password: 'secret', scope: 'items:read tasks:read' },
  },
  refresh: {
    summary: 'With a refresh token',
    value: { grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN_EXAMPLE },
  },
  code: {
    summary: 'With an authorization code',
    value: {
      grant_type: 'authorization_code',
      code: CODE_EXAMPLE,
      code_verifier: VERIFIER_EXAMPLE,
      ...APPLICATION_EXAMPLE,
    },
  },
  machine: {
    summary: 'As a machine',
    value: { grant_type: 'client_credentials', ...MACHINE_EXAMPLE },
  },
};
