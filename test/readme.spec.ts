import { readFileSync } from 'node:fs';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authorize } from '../src/auth/authorize.decorator.js';
import { CurrentUser } from '../src/auth/current-user.decorator.js';
import type { User } from '../src/users/user.entity.js';
import { startApp, type TestApp } from './support/app.js';
import { bearer, call, signIn } from './support/http.js';
import { examplesOf } from './support/openapi.js';
import { codeBlocks, missingFrom } from './support/transcript.js';

class GreetingDto {
  @ApiProperty({ example: 'Hello, John Doe' })
  readonly text!: string;
}

@ApiTags('Greeting')
@Controller('greeting')
class GreetingController {
  @Authorize('profile')
  @ApiOperation({ summary: 'Be greeted by name' })
  @ApiOkResponse({ type: GreetingDto, description: 'A greeting' })
  @Get()
  greet(@CurrentUser() user: User): GreetingDto {
    return { text: `Hello, ${user.fullName ?? user.username}` };
  }
}

describe("the README's route", () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ controllers: [GreetingController] });
  });
  afterAll(() => service.close());

  it('greets whoever has signed in, and nobody else', async () => {
    const headers = bearer(await signIn(service.url, 'johndoe', 'secret'));
    const greeted = await call(`${service.url}/greeting`, { headers });
    expect(greeted).toMatchObject({ status: 200, body: { text: 'Hello, John Doe' } });
    expect(await call(`${service.url}/greeting`)).toMatchObject({ status: 401 });
  });

  it('is in the docs as the README says', async () => {
    const { paths, components } = (await call(`${service.url}/openapi.json`)).body;
    const { description, security, responses } = paths['/greeting'].get;
    expect(description).toBe('Needs the scope `profile`.');
    expect(security).toEqual([{ OAuth2: ['profile'] }]);
    expect(responses['200'].content['application/json'].schema).toBeDefined();
    for (const status of ['401', '403']) {
      const answer = responses[status].content['application/problem+json'];
      expect(answer.schema).toBeDefined();
      expect(Object.keys(examplesOf(answer))).not.toEqual([]);
    }
    expect(components.securitySchemes.OAuth2.flows.password.scopes).toHaveProperty('profile');
  });

  it('and its test are in the README word for word as here', () => {
    const shown = codeBlocks(readFileSync('README.md', 'utf8'), 'ts');
    expect(shown).toHaveLength(2);
    expect(missingFrom('test/readme.spec.ts', shown)).toEqual([]);
  });
});
