import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  clearCookie,
  type OwnCookie,
  ownCookie,
  readCookie,
  setCookie,
} from '../../platform/http/cookies.js';
import { Settings } from '../../platform/settings/settings.js';
import type { BrowserSession } from '../../sessions/browser-session.entity.js';
import { BrowserSessions } from '../../sessions/browser-sessions.js';

/** Who is signed in, in the browser that sent a request. */
@Injectable()
export class BrowserCookie {
  private readonly cookie: OwnCookie;
  private readonly lifetime: number;

  constructor(
    private readonly sessions: BrowserSessions,
    { PUBLIC_URL, BROWSER_SESSION_MAX_AGE_SECONDS }: Settings,
  ) {
    this.cookie = ownCookie('hallpass_session', PUBLIC_URL);
    this.lifetime = BROWSER_SESSION_MAX_AGE_SECONDS;
  }

  read(request: FastifyRequest): string | undefined {
    return readCookie(request, this.cookie);
  }

  find(request: FastifyRequest): Promise<BrowserSession | null> {
    return this.sessions.find(this.read(request));
  }

  /** By what `set()` gives the browser. */
  findBy(text: string): Promise<BrowserSession | null> {
    return this.sessions.find(text);
  }

  set(reply: FastifyReply, text: string): void {
    setCookie(reply, this.cookie, text, this.lifetime);
  }

  clear(reply: FastifyReply): void {
    clearCookie(reply, this.cookie);
  }
}
