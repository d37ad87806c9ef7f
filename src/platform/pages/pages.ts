import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Eta, type TemplateFunction } from 'eta';
import type { FastifyReply } from 'fastify';
import { Settings } from '../settings/settings.js';
import { type Brand, brandOf } from './brand.js';
import { withFormTargets } from './form-targets.js';
import { LANGUAGES } from './languages.js';
import { LAYOUT } from './layout.js';
import type { Page } from './page.js';
import { paletteOf } from './palette.js';
import { styleOf } from './style.js';

const POLICY = 'content-security-policy';

interface SendOptions {
  /** where the answer to the page's form may lead, besides here: `https://host:port`, `com.example.app:` */
  readonly formAction?: readonly string[];
}

/** Puts pages into their layout, and sends them. */
@Injectable()
export class Pages {
  /** By which a Content-Security-Policy knows the style of the layout, and no other. */
  readonly styleHash: string;

  private readonly style: string;
  private readonly brand: Brand;
  private readonly eta = new Eta();
  private readonly layout = this.eta.compile(LAYOUT);
  private readonly compiled = new Map<string, TemplateFunction>();

  constructor(settings: Settings) {
    const palette = paletteOf(settings.BRAND_COLOR);
    this.style = styleOf(palette);
    this.styleHash = `'sha256-${createHash('sha256').update(this.style).digest('base64')}'`;
    this.brand = brandOf(settings, palette);
  }

  render({ title, template, data, language = LANGUAGES[0] }: Page): string {
    const content = this.eta.render(this.compile(template), data);
    const { style, brand } = this;
    return this.eta.render(this.layout, { title, content, language, style, brand });
  }

  send(reply: FastifyReply, page: Page, status = 200, { formAction }: SendOptions = {}): void {
    if (formAction) {
      // Helmet has put the policy of every page onto Node's response; Fastify's header wins over it.
      reply.header(POLICY, withFormTargets(reply.raw.getHeader(POLICY), formAction));
    }
    reply.code(status).type('text/html; charset=utf-8').send(this.render(page));
  }

  private compile(template: string): TemplateFunction {
    const known = this.compiled.get(template);
    if (known) return known;
    const made = this.eta.compile(template);
    this.compiled.set(template, made);
    return made;
  }
}
