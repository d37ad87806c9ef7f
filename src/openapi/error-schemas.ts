import type { Schemas } from './parts.js';

const REQUEST_ID = {
  type: 'string',
  description: 'With 500: the X-Request-Id, which the log has too',
} as const;

/** The two shapes of an error. */
export const ERROR_SCHEMAS: Schemas = {
  Problem: {
    type: 'object',
    description: 'What went wrong (RFC 9457)',
    required: ['detail', 'status', 'title'],
    properties: {
      detail: { type: 'string' },
      status: { type: 'integer' },
      title: { type: 'string' },
      errors: {
        type: 'array',
        description: 'With 422: each field that does not fit',
        items: {
          type: 'object',
          required: ['field', 'message'],
          properties: { field: { type: 'string' }, message: { type: 'string' } },
        },
      },
      request_id: REQUEST_ID,
    },
  },
  OAuthError: {
    type: 'object',
    description: 'What went wrong (RFC 6749 §5.2)',
    required: ['error', 'error_description', 'detail', 'status', 'title'],
    properties: {
      error: { type: 'string', example: 'invalid_request' },
      error_description: { type: 'string' },
      detail: { type: 'string', description: 'The same text' },
      status: { type: 'integer' },
      title: { type: 'string' },
      request_id: REQUEST_ID,
    },
  },
};
