import { Controller, Get, Post } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Authorize } from '../../src/auth/authorize.decorator.js';
import { startApp } from '../support/app.js';

@Controller('forgotten')
class ForgottenController {
  @Get('read')
  read() {
    return {};
  }

  @Authorize()
  @Get('guarded')
  guarded() {
    return {};
  }

  @Post()
  write() {
    return {};
  }
}

describe('a handler that says nothing about who may call it', () => {
  it('stops the boot, which names every such handler and no other', async () => {
    const boot = startApp({ controllers: [ForgottenController] });
    await expect(boot).rejects.toThrow(/ForgottenController\.read, ForgottenController\.write:/);
    await expect(boot).rejects.not.toThrow(/guarded/);
  });
});
