import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConsentsModule } from '../consents/consents.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.js';
import { Authorization } from './authorize/authorization.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { BrowserCookie } from './browser/browser-cookie.js';
import { ConsentController } from './authorize/consent.controller.js';
import { Onward } from './authorize/onward.js';
import { Sealed } from './browser/sealed.js';
import { SignIn } from './authorize/sign-in.js';
import { SignInController } from './authorize/sign-in.controller.js';
import { ClientCredentialsGrant } from './grants/client-credentials.js';
import { Grants } from './grants/grants.js';
import { PasswordGrant } from './grants/password.js';
import { RefreshTokenGrant } from './grants/refresh-token.js';
import { IntrospectController } from './introspect.controller.js';
import { TokenIntrospection } from './introspection.js';
import { JwksController } from './jwks.controller.js';
import { MetadataController } from './metadata.controller.js';
import { Revocation } from './revocation.js';
import { RevokeController } from './revoke.controller.js';
import { SignOut } from './sign-out/sign-out.js';
import { SignOutController } from './sign-out/sign-out.controller.js';
import { TokenController } from './token.controller.js';
import { UserinfoController } from './userinfo.controller.js';

@Module({
  imports: [AuthModule, ConsentsModule, KeysModule],
  controllers: [
    TokenController,
    RevokeController,
    IntrospectController,
    MetadataController,
    JwksController,
    AuthorizeController,
    SignInController,
    ConsentController,
    SignOutController,
    UserinfoController,
  ],
  providers: [
    Grants,
    PasswordGrant,
    RefreshTokenGrant,
    ClientCredentialsGrant,
    AuthorizationCodeGrant,
    Revocation,
    TokenIntrospection,
    Authorization,
    BrowserCookie,
    Onward,
    Sealed,
    SignIn,
    SignOut,
  ],
})
export class OAuthModule {}
