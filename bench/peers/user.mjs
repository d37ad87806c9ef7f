/** What each peer in JavaScript answers with: the fields that Hallpass sends. */
export const USER = {
  id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11',
  username: 'johndoe',
  email: 'johndoe@example.com',
  full_name: 'John Doe',
  disabled: false,
  role: 'admin',
  created_at: '2026-01-31T09:30:00.000Z',
};
