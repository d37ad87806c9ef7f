// What fastify-hs256.mjs and fastify-es256.mjs have in common: GET /users/me by hand, on PORT.
import { fastify } from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { USER } from './user.mjs';

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
  giveTokensToAnyone(server, () =>
    jsonwebtoken.sign({ sub: USER.id }, signWith, { algorithm, expiresIn: '1h' }),
  );
  await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
}

/** The bench asks once, before it measures. */
function giveTokensToAnyone(server, sign) {
  const form = 'application/x-www-form-urlencoded';
  server.addContentTypeParser(form, { parseAs: 'string' }, (_request, _text, done) => done(null));
  server.post('/token', () => ({ access_token: sign() }));
}
