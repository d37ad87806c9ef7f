import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LimitsModule } from '../platform/limits/limits.module.js';
import { AccountLink } from './account-link.entity.js';
import { AccountLinks } from './account-links.js';
import { AccountMails } from './account-mails.js';
import { EmailAddresses } from './email-addresses.js';
import { FirstAdmin } from './first-admin.js';
import { UserExport } from './moving/user-export.js';
import { UserImport } from './moving/user-import.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { Passwords } from './passwords.js';
import { User } from './user.entity.js';
import { UserRegistry } from './user-registry.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User, AccountLink]), LimitsModule],
  providers: [
    UsersService,
    UserRegistry,
    EmailAddresses,
    AccountLinks,
    AccountMails,
    PasswordHasher,
    PasswordPolicy,
    Passwords,
    FirstAdmin,
    UserImport,
    UserExport,
  ],
  exports: [
    UsersService,
    UserRegistry,
    EmailAddresses,
    AccountLinks,
    AccountMails,
    PasswordHasher,
    PasswordPolicy,
    Passwords,
    FirstAdmin,
    UserImport,
    UserExport,
  ],
})
export class UsersModule {}
