import { Body, ConflictException, Controller, Post, Req, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/public.decorator.js';
import { Audit } from '../platform/audit/audit.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { originOf } from '../platform/http/origin.js';
import { Quota } from '../platform/limits/quota.js';
import { AccountMails } from '../users/account-mails.js';
import { UserDto } from '../users/user.dto.js';
import type { User } from '../users/user.entity.js';
import { UsernameTaken } from '../users/refusals.js';
import { UsersService } from '../users/users.service.js';
import { SignUpDto } from './account-body.dto.js';
import { OwnPassword } from './own-password.js';
import { RegistrationGuard } from './registration.guard.js';

/** How people get an account without an operator. */
@ApiTags('Account')
@Controller('signup')
export class SignUpController {
  constructor(
    private readonly users: UsersService,
    private readonly password: OwnPassword,
    private readonly mails: AccountMails,
    private readonly quota: Quota,
    private readonly audit: Audit,
  ) {}

  @Public()
  @UseGuards(RegistrationGuard)
  @ApiOperation({
    summary: 'Sign up',
    description:
      'Makes an account. Then sign in with it; an e-mail address gets a link by which it is confirmed.',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'Your account' })
  @ApiProblem(403, 'Registration is closed', 'REGISTRATION is not open')
  @ApiProblem(409, 'This username is taken', 'Perhaps in other letters of the same kind')
  @Post()
  async signUp(@Body() body: SignUpDto, @Req() request: FastifyRequest): Promise<UserDto> {
    const { username, password, email = null, full_name: fullName = null } = body;
    await this.password.refuseWeak('password', password, { username, email, fullName });
    await this.quota.take('sign-up', originOf(request).ip);
    const user = await this.create({ username, password, email, fullName });
    const by = { actor: `user:${user.id}`, origin: originOf(request) } as const;
    await this.audit.record({
      event: 'user.created',
      by,
      subject: `user:${user.id}`,
      userId: user.id,
    });
    this.mails.sendVerification(user);
    return UserDto.from(user);
  }

  /** Asked first, as hashing takes long; the unique index has the last word. */
  private async create(account: Parameters<UsersService['create']>[0]): Promise<User> {
    if (await this.users.findByUsername(account.username)) throw taken();
    try {
      return await this.users.create(account);
    } catch (error) {
      throw error instanceof UsernameTaken ? taken() : error;
    }
  }
}

function taken(): ConflictException {
  return new ConflictException('This username is taken');
}
