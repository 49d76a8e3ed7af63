import { StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { INVALID_REQUEST } from './http.errors.js';

/**
 * The global pipe: parses bodies, queries and path parameters with the schema of their decorator.
 * A mismatch is `invalid_request` with every path and message; values are never echoed.
 */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const errors = issues.slice(0, 50).map(({ path, message }) => ({
        path: (path ?? [])
          .map((part) => String(typeof part === 'object' ? part.key : part))
          .join('.'),
        message,
      }));
      const first = errors[0];
      const where = first && first.path !== '' ? `${first.path}: ` : '';
      return new AppError(INVALID_REQUEST, `${where}${first?.message ?? 'not valid'}`, { errors });
    },
  });
}
