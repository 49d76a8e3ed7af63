import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../errors/index.js';
import type { ErrorDefinition } from '../errors/index.js';
import type { AuthenticatedRequest } from './actor.js';
import { BODY_TOO_LARGE, INTERNAL_ERROR, INVALID_REQUEST, ROUTE_NOT_FOUND } from './http.errors.js';
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';

interface Occurrence {
  readonly definition: ErrorDefinition;
  readonly detail: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Turns every failure into a problem document (RFC 9457). Expected failures keep their message; a bug
 * becomes `internal_error` without detail and is logged once, here.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<AuthenticatedRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const correlationId = request.correlationId ?? 'none';
    const { definition, detail, facts } = occurrenceOf(exception, request);
    if (definition.status >= 500) {
      this.logger.error(
        { err: exception, correlation_id: correlationId, path: request.path },
        'request failed',
      );
    }
    if (response.headersSent) {
      // Mid-stream there is no way to answer any more: cutting the connection tells the reader.
      response.destroy();
      return;
    }
    response
      .status(definition.status)
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(problemOf(definition, detail, correlationId, facts)));
  }
}

function occurrenceOf(exception: unknown, request: AuthenticatedRequest): Occurrence {
  if (exception instanceof AppError) {
    return { definition: exception.definition, detail: exception.message, facts: exception.facts };
  }
  const status = statusOf(exception);
  if (status === 404) {
    return {
      definition: ROUTE_NOT_FOUND,
      detail: `There is nothing at ${request.method} ${request.path}. See the API document.`,
      facts: {},
    };
  }
  if (status === 413) {
    return { definition: BODY_TOO_LARGE, detail: 'Send less in one request.', facts: {} };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    const message = exception instanceof Error ? exception.message : 'The request is not valid.';
    return { definition: INVALID_REQUEST, detail: message, facts: {} };
  }
  return {
    definition: INTERNAL_ERROR,
    detail: 'Try again; if it happens again, look for the correlation id in the manager’s log.',
    facts: {},
  };
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  // body-parser errors are not HttpExceptions but carry a status.
  if (exception instanceof Error && 'status' in exception) {
    return typeof exception.status === 'number' ? exception.status : undefined;
  }
  return undefined;
}
