import type { FastifyContextConfig } from 'fastify';

/**
 * Of the `@RouteConfig` of a page for people: no script runs on it, nothing keeps it, no page of
 * another origin reads it, and its errors are pages as well.
 */
export const PLAIN_PAGE: FastifyContextConfig = { page: 'plain', cors: false };

/** Of what the form of such a page is sent to. */
export const PLAIN_PAGE_FORM: FastifyContextConfig = { ...PLAIN_PAGE, body: 'form' };
