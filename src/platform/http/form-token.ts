import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ForbiddenException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DerivedKeys } from '../settings/derived-keys.js';
import { Settings } from '../settings/settings.js';
import { type OwnCookie, ownCookie, readCookie, setCookie } from './cookies.js';

const PURPOSE = 'hallpass/form-token/v1';
const COOKIE_BYTES = 32;
/** What issue() makes; anything else was not made here. */
const COOKIE_VALUE = /^[\w-]{43}$/;

/** A form that was sent from elsewhere, or by a browser that never had the page. */
export class ForeignForm extends ForbiddenException {
  /** @param cause for the log alone */
  constructor(cause: string) {
    super(
      'This form was not sent from a page of ours. Open the page again, and send it once more.',
      {
        cause,
      },
    );
  }
}

/**
 * Tells the forms of our own pages from those that another site has a browser send: by what the browser
 * says of where it comes from, and by a hidden field that only fits the cookie of the browser that was
 * given the page. RFC 6749 §10.12.
 */
@Injectable()
export class FormTokens {
  private readonly cookie: OwnCookie;
  private readonly publicHost: string;
  private readonly keys: readonly Buffer[];
  private readonly signingKey: Buffer;

  constructor({ PUBLIC_URL }: Settings, derived: DerivedKeys) {
    this.cookie = ownCookie('hallpass_form', PUBLIC_URL);
    this.publicHost = new URL(PUBLIC_URL).host;
    this.keys = derived.all(PURPOSE);
    this.signingKey = derived.first(PURPOSE);
  }

  /**
   * Once for a page, whose forms may all carry it. Gives the browser its cookie where it has none.
   *
   * @returns the value of the hidden field
   */
  issue(request: FastifyRequest, reply: FastifyReply): string {
    return tokenOf(this.cookieOf(request) ?? this.giveCookie(reply), this.signingKey);
  }

  /**
   * @param value the hidden field, '' when it was not sent
   * @throws {ForeignForm}
   */
  check(request: FastifyRequest, value: string): void {
    const foreign = this.foreignSource(request);
    if (foreign !== undefined) throw new ForeignForm(foreign);
    const cookie = this.cookieOf(request);
    if (cookie === undefined) throw new ForeignForm('no cookie');
    if (!this.keys.some((key) => isEqual(value, tokenOf(cookie, key)))) {
      throw new ForeignForm('the token does not fit the cookie');
    }
  }

  /**
   * Why the browser's own headers speak against it. `Sec-Fetch-Site` is no page's to write, and says `none`
   * where a person sends a form again. Of a page with `Referrer-Policy: no-referrer`, which a
   * proxy may add to ours, browsers call the origin `null` even to itself (Fetch §3.1): only that header tells
   * it from a sandboxed frame.
   */
  private foreignSource({ headers }: FastifyRequest): string | undefined {
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'Sec-Fetch-Site';
    const { origin } = headers;
    if (origin === undefined || (origin === 'null' && site === 'same-origin')) return undefined;
    return this.isOurs(origin, headers.host) ? undefined : 'Origin';
  }

  /** The Host header as well: in development the service is called by more than one name. */
  private isOurs(origin: string, host: string | undefined): boolean {
    if (!URL.canParse(origin)) return false; // as `null`
    const sent = new URL(origin);
    return [this.publicHost, host].some((ours) => ours !== undefined && isHostOf(ours, sent));
  }

  private cookieOf(request: FastifyRequest): string | undefined {
    const value = readCookie(request, this.cookie);
    return value !== undefined && COOKIE_VALUE.test(value) ? value : undefined;
  }

  private giveCookie(reply: FastifyReply): string {
    const value = randomBytes(COOKIE_BYTES).toString('base64url');
    setCookie(reply, this.cookie, value);
    return value;
  }
}

/** A port that is the scheme's own may be written or not. RFC 9110 §4.2.3. */
function isHostOf(host: string, { protocol, host: sent }: URL): boolean {
  const url = `${protocol}//${host}`;
  return sent !== '' && URL.canParse(url) && new URL(url).host === sent;
}

function tokenOf(cookie: string, key: Buffer): string {
  return createHmac('sha256', key).update(cookie).digest('base64url');
}

function isEqual(sent: string, token: string): boolean {
  const [one, other] = [Buffer.from(sent), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
