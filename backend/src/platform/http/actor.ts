import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Who does something: a person, an API token, the command line, or the manager by itself. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'cli' | 'system';
  /** Id of the user or token; the kind itself for `cli` and `system`. */
  readonly id: string;
  /** Login or token name, for people to read. */
  readonly name: string;
  readonly role: string;
  /** Client address, when there is one. */
  readonly address: string | null;
  /** Ties log lines, audit events and answers of one request together. */
  readonly correlationId: string;
}

/** A request after the guard: its actor is known. */
export interface AuthenticatedRequest extends Request {
  actor?: Actor;
  correlationId?: string;
}

/** The acting person or token of the request. Only for routes that are not public. */
export const CurrentActor = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Actor => {
    const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!actor) throw new Error('no actor: the route is public or the guard did not run');
    return actor;
  },
);
