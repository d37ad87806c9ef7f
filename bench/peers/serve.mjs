import { fastify } from 'fastify';
import jsonwebtoken from 'jsonwebtoken';

const USER = {
  id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11',
  username: 'johndoe',
  email: 'johndoe@example.com',
  full_name: 'John Doe',
  disabled: false,
  role: 'admin',
  created_at: '2026-01-31T09:30:00.000Z',
};

/** GET /users/me by hand. Prints its token as the first line, then serves on PORT. */
export async function serve({ algorithm, signWith, verifyWith }) {
  const users = new Map([[USER.id, USER]]);
  const server = fastify();
  server.get('/users/me', (request, reply) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer') return reply.code(401).send({ detail: 'Not authenticated' });
    try {
      const { sub } = jsonwebtoken.verify(token, verifyWith, { algorithms: [algorithm] });
      return users.get(sub);
    } catch {
      return reply.code(401).send({ detail: 'Could not validate credentials' });
    }
  });
  await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
  console.log(jsonwebtoken.sign({ sub: USER.id }, signWith, { algorithm, expiresIn: '1h' }));
}
