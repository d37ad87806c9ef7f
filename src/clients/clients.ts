import { Injectable } from '@nestjs/common';
import type { GrantType } from '../protocol/token-request.js';

/** An application that asks for tokens. RFC 6749 §2. */
export interface Client {
  readonly id: string;
  readonly confidential: boolean;
  /** ours: only such a client is to have the password grant, RFC 9700 §2.4 */
  readonly firstParty: boolean;
  readonly grants: readonly GrantType[];
  /** 'unrestricted': whatever its users may have */
  readonly scopes: 'unrestricted' | readonly string[];
}

/** Acts where no client is named: the docs, the command line, the first front end. */
export const BUILT_IN_CLIENT: Client = {
  id: 'hallpass',
  confidential: false,
  firstParty: true,
  grants: ['password'],
  scopes: 'unrestricted',
};

@Injectable()
export class Clients {
  find(id: string): Client | undefined {
    return id === BUILT_IN_CLIENT.id ? BUILT_IN_CLIENT : undefined;
  }
}
