import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Response } from 'express';
import type { AuthenticatedRequest } from './actor.js';

const storage = new AsyncLocalStorage<{ correlationId: string }>();

/** Request header that carries a caller's own correlation id, and answer header that tells it. */
export const CORRELATION_HEADER = 'x-request-id';

/** The correlation id of the request being served, if any. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore()?.correlationId;
}

/**
 * Express middleware: gives every request a correlation id (the caller's, when it is a plain token of
 * at most 64 characters) and answers it in `X-Request-Id`.
 */
export function requestContext(
  request: AuthenticatedRequest,
  response: Response,
  next: NextFunction,
): void {
  const given = request.get(CORRELATION_HEADER);
  const correlationId =
    given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
  request.correlationId = correlationId;
  response.setHeader(CORRELATION_HEADER, correlationId);
  storage.run({ correlationId }, next);
}
