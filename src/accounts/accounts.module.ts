import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConsentsModule } from '../consents/consents.module.js';
import { LimitsModule } from '../platform/limits/limits.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { EmailVerification } from './email-verification.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { MeController } from './me.controller.js';
import { MyConsentsController } from './my-consents.controller.js';
import { MySessionsController } from './my-sessions.controller.js';
import { OwnAccount } from './own-account.js';
import { OwnPassword } from './own-password.js';
import { EmailVerificationPagesController } from './pages/email-verification-pages.controller.js';
import { PasswordResetPagesController } from './pages/password-reset-pages.controller.js';
import { PasswordReset } from './password-reset.js';
import { PasswordResetController } from './password-reset.controller.js';
import { SignUpController } from './sign-up.controller.js';

/** What people do with their own account. */
@Module({
  imports: [AuthModule, LimitsModule, UsersModule, SessionsModule, TokensModule, ConsentsModule],
  controllers: [
    SignUpController,
    MeController,
    EmailVerificationController,
    EmailVerificationPagesController,
    PasswordResetController,
    PasswordResetPagesController,
    MySessionsController,
    MyConsentsController,
  ],
  providers: [OwnAccount, OwnPassword, PasswordReset, EmailVerification],
})
export class AccountsModule {}
